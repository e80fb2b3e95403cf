import { type BareRole, completeRole, isComplete, type RoleArn } from '../aws/arn.ts';

/** Fills in the account of the caller where a role has none, and the account of the role before from there on. */
export async function resolveRoles(
  roles: readonly (RoleArn | BareRole)[],
  partition: string,
  callerAccount: () => Promise<string>,
): Promise<readonly RoleArn[]> {
  const resolved: RoleArn[] = [];
  for (const role of roles) {
    const accountId = resolved.at(-1)?.accountId;
    resolved.push(
      isComplete(role) ? role : completeRole(role, partition, accountId ?? (await callerAccount())),
    );
  }
  return resolved;
}
