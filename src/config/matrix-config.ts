import { InputReader } from './input-reader.ts';
import type { InputText } from './input-text.ts';
import type { ProfileConfig } from './profile.ts';
import type { ProfilesSource } from './profiles-source.ts';
import { readSelected } from './selected-profiles.ts';

export interface MatrixConfig {
  /** The selected profiles, in the order of the graph. */
  readonly profiles: readonly ProfileConfig[];
  /** The region of profiles that do not set one; empty if it is not given. */
  readonly region: string;
}

const NO_PROFILES: ProfilesSource = {
  input: 'profiles-file',
  text: '',
  problem: {
    input: 'profiles-file',
    found: 'neither profiles nor profiles-file',
    expected: 'profiles, or a file with them',
    remedy: 'Add profiles-file under with:.',
  },
};

/**
 * Reads the inputs of the `matrix` action.
 *
 * @throws ActionError `INVALID_INPUT` with all problems of all inputs
 */
export function readMatrixConfig(text: InputText, source = NO_PROFILES): MatrixConfig {
  const inputs = new InputReader(text);
  const { profiles, selected } = readSelected(inputs, source, undefined);
  const region = inputs.get('aws-region') ?? '';
  inputs.assertNoProblems();
  return { profiles: profiles.filter(({ name }) => selected.has(name)), region };
}
