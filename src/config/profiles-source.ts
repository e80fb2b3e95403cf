import { ActionError } from '../platform/errors.ts';
import { readWorkspaceFile } from '../platform/files/workspace-file.ts';
import type { InputText } from './input-text.ts';
import { quote } from './quote.ts';
import type { ProfilesText } from './read-config.ts';

/**
 * The text of the profiles, from the input or from the file in the workspace; undefined when neither was given.
 *
 * @throws ActionError `INVALID_INPUT` when the file cannot be read
 */
export async function profilesText(text: InputText, workspace: string): Promise<ProfilesText | undefined> {
  if (text('profiles').trim() !== '') return { input: 'profiles', text: text('profiles') };
  const file = text('profiles-file').trim();
  if (file === '') return undefined;
  const content = await readWorkspaceFile(workspace, file);
  if ('text' in content) return { input: 'profiles-file', text: content.text };
  throw new ActionError('INVALID_INPUT', {
    problem: 'The input profiles-file is not valid.',
    found: `${quote(file)}, ${content.unreadable}`,
    expected: 'the path of a file of at most 1 MB in the workspace, relative to it',
    remedy: 'Check out the repository in a step before this one, and correct the path.',
  });
}
