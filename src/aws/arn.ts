import { PARTITION_IDS } from './partitions.ts';

/** An IAM role's ARN, taken apart. */
export interface RoleArn {
  readonly arn: string;
  readonly partition: string;
  readonly accountId: string;
  /** Begins and ends with a slash; `/` when the role has none. */
  readonly path: string;
  readonly name: string;
}

/** A role without its account: `deploy`, or `teams/payments/deploy` with its path. */
export interface BareRole {
  readonly path: string;
  readonly name: string;
}

/** IAM User Guide, "IAM and AWS STS quotas": role names have 1 to 64 of these, paths 1 to 512 printable characters. */
const NAME = '[\\w+=,.@-]{1,64}';
const ROLE_ARN = new RegExp(`^arn:([a-z-]+):iam::(\\d{12}):role(/(?:[!-.0-~]+/)*)(${NAME})$`);
const BARE_ROLE = new RegExp(`^/?((?:[!-.0-9;-~]+/)*)(${NAME})$`);
const MAX_PATH_LENGTH = 512;

/** The parts of a role ARN, or undefined when `text` is none. */
export function parseRoleArn(text: string): RoleArn | undefined {
  const [, partition, accountId, path, name] = ROLE_ARN.exec(text) ?? [];
  if (partition === undefined || accountId === undefined || path === undefined || name === undefined)
    return undefined;
  if (!PARTITION_IDS.includes(partition) || path.length > MAX_PATH_LENGTH) return undefined;
  return { arn: text, partition, accountId, path, name };
}

/** The parts of a role's name with or without path, or undefined when `text` is none, an ARN for instance. */
export function parseBareRole(text: string): BareRole | undefined {
  const [, path, name] = BARE_ROLE.exec(text) ?? [];
  if (path === undefined || name === undefined || path.length >= MAX_PATH_LENGTH) return undefined;
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

/** `arn:aws:sts::111111111111:assumed-role/deploy/session` gives `111111111111`. */
export function accountOfArn(arn: string): string {
  return arn.split(':')[4] ?? '';
}

/** `arn:aws:sts::111111111111:assumed-role/deploy/session` gives the role's partition, account and name; its path is not in it. */
export function roleOfSession(arn: string): Omit<RoleArn, 'arn' | 'path'> | undefined {
  const [, partition, accountId, name] = /^arn:([^:]+):sts::(\d{12}):assumed-role\/([^/]+)\//.exec(arn) ?? [];
  if (partition === undefined || accountId === undefined || name === undefined) return undefined;
  return { partition, accountId, name };
}

/** Whether `arn` is of a session of `role`, as far as it tells. */
export function isSessionOf(arn: string, role: RoleArn): boolean {
  const found = roleOfSession(arn);
  return (
    found?.partition === role.partition && found.accountId === role.accountId && found.name === role.name
  );
}
