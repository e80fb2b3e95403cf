import { InputReader, type InputText } from './input-reader.ts';
import type { ProfilesSource } from './profiles-source.ts';
import { readSelected } from './selected-profiles.ts';
import { faultOf, select } from './selection.ts';

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

const ONLY_WITH_ACCOUNTS = [
  'role-to-assume',
  'role-for-pull-requests',
  'account-role',
  'account-role-for-pull-requests',
  'account-filter',
] as const;

/**
 * Reads the inputs of the `matrix` action: the selected profiles in the order of the graph, and the region of those that
 * set none.
 *
 * @throws ActionError `INVALID_INPUT` with all problems of all inputs
 */
export function readMatrixConfig(text: InputText, isForPullRequest: boolean, source = NO_PROFILES) {
  const inputs = new InputReader(text);
  const { profiles, selected } = readSelected(
    inputs,
    source,
    { partition: undefined, isForPullRequest },
    true,
  );
  for (const name of ONLY_WITH_ACCOUNTS) {
    if (!inputs.given(name) || inputs.get(name) === undefined) continue;
    inputs.problem({
      input: name,
      found: `${name} without accounts-from`,
      expected: 'accounts-from with it, as profiles have their own roles, also for pull requests',
      remedy: `Add accounts-from, or remove ${name}.`,
    });
  }
  const region = inputs.get('aws-region') ?? '';
  inputs.assertNoProblems();
  return { profiles: profiles.filter(({ name }) => selected.has(name)), region };
}

/**
 * Reads the names of the profiles to work on first; empty if the input is not given.
 *
 * @param names the profiles that are listed
 * @throws ActionError `INVALID_INPUT` for a part that names none of them
 */
export function readCanary(text: InputText, names: readonly string[]): ReadonlySet<string> {
  const inputs = new InputReader(text);
  const wanted = inputs.get('canary');
  if (wanted === undefined) return new Set();
  const selection = select(wanted, names);
  const fault = faultOf(wanted, selection);
  if (fault !== undefined) {
    inputs.problem({
      input: 'canary',
      found: fault,
      expected: `names or patterns of the listed profiles: ${names.join(', ')}`,
      remedy: 'Correct the names. Without the first profiles, all would start at once.',
    });
  }
  inputs.assertNoProblems();
  return selection.selected;
}
