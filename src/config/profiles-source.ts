import { readWorkspaceFile } from '../platform/files/regular-file.ts';
import { type InputReader, type InputText, type Problem, quote } from './input-reader.ts';

/** The text of the profiles and the input that it comes from. */
export interface ProfilesSource {
  readonly input: 'profiles' | 'profiles-file';
  /** Empty if the file cannot be read. */
  readonly text: string;
  readonly problem?: Problem;
}

export const hasProfiles = (inputs: InputReader) => inputs.given('profiles') || inputs.given('profiles-file');

/** The profiles of the input or of the file in the workspace; undefined if neither input is given. */
export async function profilesSource(
  text: InputText,
  workspace: string,
): Promise<ProfilesSource | undefined> {
  if (text('profiles').trim() !== '') return { input: 'profiles', text: text('profiles') };
  const input = 'profiles-file';
  const file = text(input).trim();
  if (file === '') return undefined;
  const content = await readWorkspaceFile(workspace, file);
  if ('text' in content) return { input, text: content.text };
  const problem = {
    input,
    found: `${quote(file)}, ${content.unreadable}`,
    expected: 'the path of a file of at most 1 MB in the workspace, relative to it',
    remedy: 'Check out the repository in an earlier step, and correct the path.',
  };
  return { input, text: '', problem };
}
