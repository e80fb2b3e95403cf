import type { BareRole, RoleArn } from '../aws/arn.ts';
import type { PullRequestVerdict } from '../platform/runner/pull-request.ts';
import type { InputReader } from './input-reader.ts';

/** A role as an input gives it, with the name of the input. */
export interface GivenRole {
  readonly input: 'role-to-assume' | 'role-chain' | 'role-for-pull-requests';
  readonly role: RoleArn | BareRole;
}

/**
 * The roles of the inputs: for a pull request those of `role-for-pull-requests`, if it is given. An empty value is a
 * problem there: it comes from a variable that is not set, and the other role must not take its place.
 */
export function givenRoles(inputs: InputReader, { isForPullRequest, why }: PullRequestVerdict): GivenRole[] {
  const first = inputs.get('role-to-assume');
  const forPullRequests = inputs.get('role-for-pull-requests');
  if (isForPullRequest && !inputs.given('role-for-pull-requests')) {
    inputs.problem({
      input: 'role-for-pull-requests',
      found: `an empty text, and ${why}`,
      expected: 'the ARN of the role for pull requests, or none',
      remedy:
        'Check that the variable or secret in it is set for pull requests. Remove the input to use role-to-assume for every event.',
    });
  }
  if (isForPullRequest && forPullRequests !== undefined)
    return forPullRequests.map((role) => ({ input: 'role-for-pull-requests', role }));
  return [
    ...(first === undefined ? [] : [{ input: 'role-to-assume', role: first } as const]),
    ...inputs.get('role-chain').map((role) => ({ input: 'role-chain', role }) as const),
  ];
}

/**
 * What decides about roles; undefined if no role depends on it.
 *
 * @param hasOtherRoles whether a profile has a role for pull requests
 */
export function readRoleChoice(
  inputs: InputReader,
  verdict: PullRequestVerdict,
  hasOtherRoles: boolean,
): PullRequestVerdict | undefined {
  const names = ['role-for-pull-requests', 'account-role-for-pull-requests'] as const;
  return hasOtherRoles || names.some((name) => inputs.get(name) !== undefined) ? verdict : undefined;
}
