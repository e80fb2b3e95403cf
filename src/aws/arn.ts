import { MAX_ROLE_NAME_LENGTH, MAX_ROLE_PATH_LENGTH } from './limits.ts';
import { PARTITION_IDS } from './partitions.ts';

/** The ARN of an IAM role and its parts. */
export interface RoleArn {
  readonly arn: string;
  readonly partition: string;
  /** Empty for the role of a store that has no accounts. */
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
const ROLE_ARN = new RegExp(
  `^arn:(?<partition>[a-z-]+):iam::(?<accountId>\\d{12}):role(?<path>/(?:[!-.0-~]+/)*)(?<name>${NAME})$`,
);
/** `arn:minio:iam:REGION::role/ID` of MinIO, and `arn:aws:iam:::role/NAME` of Ceph. */
const STORE_ROLE_ARN = new RegExp(
  `^arn:(?<partition>aws|minio):iam:[a-z\\d-]*:(?<accountId>):role(?<path>/(?:[!-.0-~]+/)*)(?<name>${NAME})$`,
);
const BARE_ROLE = new RegExp(`^/?(?<path>(?:[!-.0-9;-~]+/)*)(?<name>${NAME})$`);
const ROLE_SESSION = /^arn:(?<partition>[^:]+):sts::(?<accountId>\d{12}):assumed-role\/(?<name>[^/]+)\//;

/** The parts of a role ARN; undefined when `text` is not a role ARN. */
export function parseRoleArn(text: string): RoleArn | undefined {
  const parts = ROLE_ARN.exec(text)?.groups as Omit<RoleArn, 'arn'> | undefined;
  if (parts === undefined || !PARTITION_IDS.includes(parts.partition)) return undefined;
  return parts.path.length <= MAX_ROLE_PATH_LENGTH ? { arn: text, ...parts } : undefined;
}

/**
 * The parts of the ARN of a role without an account, as stores have them that answer STS requests for themselves;
 * undefined when `text` is something else.
 */
export function parseStoreRoleArn(text: string): RoleArn | undefined {
  const parts = STORE_ROLE_ARN.exec(text)?.groups as Omit<RoleArn, 'arn'> | undefined;
  return parts && { arn: text, ...parts };
}

/** The parts of a role's name, with or without a path; undefined when `text` is something else, such as an ARN. */
export function parseBareRole(text: string): BareRole | undefined {
  const parts = BARE_ROLE.exec(text)?.groups as BareRole | undefined;
  if (parts === undefined) return undefined;
  const path = `/${parts.path}`;
  return path.length <= MAX_ROLE_PATH_LENGTH ? { path, name: parts.name } : undefined;
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
    if (isComplete(role)) account = role.accountId;
    else if (account !== undefined) return completeRole(role, partition, account);
    return role;
  });
}

/** The account ID in an ARN: `111111111111` in `arn:aws:sts::111111111111:assumed-role/deploy/session`. */
export function accountOfArn(arn: string): string {
  return arn.split(':')[4] ?? '';
}

/** The role of a session, from the ARN `arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION`, which does not show its path. */
export function roleOfSession(arn: string): Omit<RoleArn, 'arn' | 'path'> | undefined {
  const parts = ROLE_SESSION.exec(arn)?.groups as Omit<RoleArn, 'arn' | 'path'> | undefined;
  return parts && { ...parts };
}

/** Whether `arn` is the ARN of a session of `role`, as far as it shows. */
export function isSessionOf(arn: string, role: RoleArn): boolean {
  const found = roleOfSession(arn);
  return (
    found?.partition === role.partition && found.accountId === role.accountId && found.name === role.name
  );
}
