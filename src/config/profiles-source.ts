import path from 'node:path';
import { ActionError } from '../errors.ts';
import type { Host } from '../host.ts';
import type { InputText } from './input-text.ts';
import { quote } from './quote.ts';
import type { ProfilesText } from './read-config.ts';

/**
 * The text of the profiles, from the input or from the file in the workspace; undefined when neither was given.
 *
 * @throws ActionError `INVALID_INPUT` when the file cannot be read
 */
export async function profilesText(
  text: InputText,
  workspace: string,
  { readText }: Pick<Host, 'readText'>,
): Promise<ProfilesText | undefined> {
  if (text('profiles').trim() !== '') return { input: 'profiles', text: text('profiles') };
  const file = text('profiles-file').trim();
  if (file === '') return undefined;
  const content = await readText(path.resolve(workspace, file));
  if (content !== undefined) return { input: 'profiles-file', text: content };
  throw new ActionError('INVALID_INPUT', {
    problem: 'The input profiles-file is not valid.',
    found: `${quote(file)}, which cannot be read`,
    expected: 'the path of a file, relative to the workspace',
    remedy: 'Check out the repository in a step before this one, and correct the path.',
  });
}
