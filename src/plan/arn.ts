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

/** IAM User Guide, "IAM and AWS STS quotas": role names hold 1 to 64 of these, paths 1 to 512 printable characters. */
const ROLE_ARN = /^arn:([a-z-]+):iam::(\d{12}):role(\/(?:[!-.0-~]+\/)*)([\w+=,.@-]{1,64})$/;

/** The parts of a role ARN, or undefined when `text` is none. */
export function parseRoleArn(text: string): RoleArn | undefined {
  const [, partition, accountId, path, name] = ROLE_ARN.exec(text) ?? [];
  if (partition === undefined || accountId === undefined || path === undefined || name === undefined)
    return undefined;
  if (!PARTITION_IDS.includes(partition) || path.length > 512) return undefined;
  return { arn: text, partition, accountId, path, name };
}

/** `arn:aws:sts::111111111111:assumed-role/deploy/session` gives `111111111111`. */
export function accountOfArn(arn: string): string {
  return arn.split(':')[4] ?? '';
}
