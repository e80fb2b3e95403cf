import type { BareRole } from '../aws/arn.ts';
import { like } from '../aws/wildcards.ts';
import type { PullRequestVerdict } from '../platform/runner/pull-request.ts';
import type { AccountFilter } from './accounts-parsers.ts';
import type { InputReader, Problem } from './input-reader.ts';

/** The accounts of an organization from which profiles are made. */
export interface AccountsConfig {
  /** IDs of organizational units and roots; empty for the whole organization. */
  readonly parents: readonly string[];
  readonly role: BareRole;
  readonly filter: readonly AccountFilter[];
  /** Names and patterns of profiles, which are known when the accounts are; undefined for all. */
  readonly selectProfiles: readonly string[] | undefined;
  readonly defaultProfile: string | undefined;
  readonly allowPartial: boolean;
}

/**
 * Whether an account passes the filters about these subjects: of the lines about one subject at least one has to match,
 * and none of those that exclude.
 *
 * @param valueFor returns the value of a subject; undefined for a tag that the account does not have
 */
export function passes(
  filter: readonly AccountFilter[],
  valueFor: (subject: string) => string | undefined,
): boolean {
  const matches = ({ subject, pattern }: AccountFilter) => {
    const value = valueFor(subject);
    return value !== undefined && like(value, pattern);
  };
  const wanted = Map.groupBy(
    filter.filter(({ excludes }) => !excludes),
    ({ subject }) => subject,
  );
  return (
    [...wanted.values()].every((lines) => lines.some(matches)) &&
    !filter.some((line) => line.excludes && matches(line))
  );
}

/** Reads the inputs about accounts; undefined if they are not given, or when it notes a problem. */
export function readAccounts(
  inputs: InputReader,
  { isForPullRequest, why }: PullRequestVerdict,
): AccountsConfig | undefined {
  const from = inputs.get('accounts-from');
  const forPullRequests = inputs.get('account-role-for-pull-requests');
  const filter = inputs.get('account-filter');
  if (from === undefined) return undefined;
  const given = inputs.required('account-role', {
    expected: 'the name of the role to assume in each account, which accounts-from requires',
    remedy: 'Add account-role under with:.',
  });
  if (isForPullRequest && !inputs.given('account-role-for-pull-requests')) {
    inputs.problem({
      input: 'account-role-for-pull-requests',
      found: `an empty text, and ${why}`,
      expected: 'the name of the role for pull requests, or none',
      remedy: 'Check that the variable or secret in it is set for pull requests.',
    });
  }
  const role = isForPullRequest && forPullRequests !== undefined ? forPullRequests : given;
  if (role === undefined) return undefined;
  return {
    parents: from.includes('organization') ? [] : from,
    role,
    filter,
    selectProfiles: inputs.get('select-profiles'),
    defaultProfile: inputs.get('default-profile'),
    allowPartial: inputs.get('allow-partial'),
  };
}

/** Whether the step delivers profiles of accounts. */
export const hasAccounts = (inputs: InputReader) => inputs.given('accounts-from');

/** A problem of the inputs about accounts together with others; undefined for none. */
export function problemOfAccounts(inputs: InputReader): Problem | undefined {
  const extra = OF_ACCOUNTS.find((name) => inputs.given(name) && inputs.get(name) !== undefined);
  if (!hasAccounts(inputs)) {
    return (
      extra && {
        input: extra,
        found: `${extra} without accounts-from`,
        expected: 'accounts-from with it',
        remedy: `Add accounts-from: organization, or remove ${extra}.`,
      }
    );
  }
  const other = NOT_WITH_ACCOUNTS.find(
    (name) => inputs.given(name) && ![false, 'auto'].includes(inputs.get(name) as never),
  );
  if (other !== undefined) {
    return {
      input: 'accounts-from',
      found: `accounts-from and ${other}`,
      expected: 'one of them',
      remedy: `Remove ${other}, or use it in a separate step.`,
    };
  }
  const isHubSplit = inputs.get('role-for-pull-requests') !== undefined;
  if (!isHubSplit || inputs.get('account-role-for-pull-requests') !== undefined) return undefined;
  return {
    input: 'account-role-for-pull-requests',
    found: 'nothing, with role-for-pull-requests',
    expected: 'the name of the role for pull requests in each account',
    remedy: 'Add it. Otherwise a pull request would get account-role.',
  };
}

const OF_ACCOUNTS = ['account-role', 'account-filter', 'account-role-for-pull-requests'] as const;

const NOT_WITH_ACCOUNTS = [
  'profiles',
  'profiles-file',
  'aws-profile',
  'operation',
  'use-existing-credentials',
] as const;
