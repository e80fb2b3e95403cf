import { MAX_ROLE_NAME_LENGTH, MAX_ROLE_PATH_LENGTH } from './limits.ts';
import { PARTITION_IDS } from './partitions.ts';

/** The ARN of an IAM role and its parts. */
export interface RoleArn {
  readonly arn: string;
  readonly partition: string;
  readonly accountId: string;
  /** Begins and ends with a slash; `/` for a role without a path. */
  readonly path: string;
  readonly name: string;
}

/** A role without its account: `deploy`, or `teams/payments/deploy` with its path. */
export interface BareRole {
  readonly path: string;
  readonly name: string;
}

/** IAM API Reference, CreateRole, RoleName and Path. */
const NAME = `[\\w+=,.@-]{1,${MAX_ROLE_NAME_LENGTH}}`;
const ROLE_ARN = new RegExp(`^arn:([a-z-]+):iam::(\\d{12}):role(/(?:[!-.0-~]+/)*)(${NAME})$`);
const BARE_ROLE = new RegExp(`^/?((?:[!-.0-9;-~]+/)*)(${NAME})$`);

/** The parts of a role ARN; undefined when `text` is not a role ARN. */
export function parseRoleArn(text: string): RoleArn | undefined {
  const [, partition, accountId, path, name] = ROLE_ARN.exec(text) ?? [];
  if (partition === undefined || accountId === undefined || path === undefined || name === undefined)
    return undefined;
  if (!PARTITION_IDS.includes(partition) || path.length > MAX_ROLE_PATH_LENGTH) return undefined;
  return { arn: text, partition, accountId, path, name };
}

/** The parts of a role's name, with or without a path; undefined when `text` is something else, such as an ARN. */
export function parseBareRole(text: string): BareRole | undefined {
  const [, path, name] = BARE_ROLE.exec(text) ?? [];
  if (path === undefined || name === undefined || path.length >= MAX_ROLE_PATH_LENGTH) return undefined;
  return { path: `/${path}`, name };
}

/** Whether the account of `role` is known. */
export function isComplete(role: RoleArn | BareRole): role is RoleArn {
  return 'arn' in role;
}

/** The ARN of a role in a known partition and account. */
export function completeRole({ path, name }: BareRole, partition: string, accountId: string): RoleArn {
  return { arn: `arn:${partition}:iam::${accountId}:role${path}${name}`, partition, accountId, path, name };
}

/**
 * A chain of roles in which a role given by name has the account of the role before it.
 *
 * @param firstAccount the account of the names before the first ARN; undefined leaves them as they are
 */
export function completeRoles(
  roles: readonly (RoleArn | BareRole)[],
  partition: string,
  firstAccount: string | undefined,
): readonly (RoleArn | BareRole)[] {
  let account = firstAccount;
  return roles.map((role) => {
    const complete =
      isComplete(role) || account === undefined ? role : completeRole(role, partition, account);
    if (isComplete(complete)) account = complete.accountId;
    return complete;
  });
}

/** The account ID in an ARN: `111111111111` in `arn:aws:sts::111111111111:assumed-role/deploy/session`. */
export function accountOfArn(arn: string): string {
  return arn.split(':')[4] ?? '';
}

/** The role of a session, from the ARN `arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION`, which does not show its path. */
export function roleOfSession(arn: string): Omit<RoleArn, 'arn' | 'path'> | undefined {
  const [, partition, accountId, name] = /^arn:([^:]+):sts::(\d{12}):assumed-role\/([^/]+)\//.exec(arn) ?? [];
  if (partition === undefined || accountId === undefined || name === undefined) return undefined;
  return { partition, accountId, name };
}

/** Whether `arn` is the ARN of a session of `role`, as far as it shows. */
export function isSessionOf(arn: string, role: RoleArn): boolean {
  const found = roleOfSession(arn);
  return (
    found?.partition === role.partition && found.accountId === role.accountId && found.name === role.name
  );
}
