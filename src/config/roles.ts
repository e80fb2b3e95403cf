import { accountOfArn, type BareRole, completeRoles, isComplete, type RoleArn } from '../aws/arn.ts';
import type { Partition } from '../aws/partitions.ts';
import type { GuardConfig, IdentityConfig } from './config.ts';
import type { InputReader } from './input-reader.ts';
import type { GivenRole } from './role-choice.ts';

interface RoleContext {
  readonly partition: Partition | undefined;
  readonly identity: IdentityConfig | undefined;
  readonly guards: GuardConfig;
}

/**
 * Completes the roles that the inputs give.
 *
 * @returns the roles, each with its account as far as the inputs show it: in its ARN, in that of the role before, as the
 *   only allowed account, or in the SAML provider. The planner looks up the account of the others, which is the caller's.
 */
export function completeGivenRoles(
  inputs: InputReader,
  givenRoles: readonly GivenRole[],
  { partition, identity, guards: { allowedAccountIds = [] } }: RoleContext,
): readonly (RoleArn | BareRole)[] {
  const given = givenRoles.map(({ role }) => role);
  if (partition === undefined) return given;
  const provider = identity?.kind === 'saml' ? accountOfArn(identity.providerArn) : undefined;
  const roles = completeRoles(
    given,
    partition.id,
    allowedAccountIds.length === 1 ? allowedAccountIds[0] : provider,
  );
  for (const [index, role] of roles.entries()) {
    const input = givenRoles[index]?.input ?? 'role-to-assume';
    if (isComplete(role)) {
      checkPartition(inputs, input, role, partition);
    } else if (identity?.kind === 'github-oidc' || identity?.kind === 'web-identity-file') {
      // Unlike keys, a token does not belong to an account.
      inputs.problem({
        input,
        found: role.name,
        expected: 'a full ARN, as no other input shows the account of the role',
        remedy: 'Write the ARN, or set allowed-account-ids to the account.',
      });
    }
  }
  return roles;
}

/** Notes roles that AWS cannot have. Call it only where no input or variable names the STS of a store. */
export function checkAccounts(
  inputs: InputReader,
  input: 'role-to-assume' | 'profiles',
  roles: readonly (RoleArn | BareRole)[],
): void {
  const [role] = roles.flatMap((given) => (isComplete(given) && given.accountId === '' ? given : []));
  if (role === undefined) return;
  inputs.problem({
    input,
    found: role.arn,
    expected:
      'the ARN of a role with its account; only stores with an STS of their own have roles without one',
    remedy: 'Add the account to the ARN, or set sts-endpoint to the URL of the store.',
  });
}

/** Notes a role outside the partition of `aws-region`: credentials are valid in one partition only. */
export function checkPartition(
  inputs: InputReader,
  input: string,
  role: RoleArn,
  partition: Partition | undefined,
): void {
  if (partition === undefined || role.partition === partition.id || role.accountId === '') return;
  inputs.problem({
    input,
    found: role.arn,
    expected: `a role of partition ${partition.id}, to which aws-region belongs`,
    remedy: `Correct the ARN, or set aws-region to a region of partition ${role.partition}. Use one step for each partition.`,
  });
}
