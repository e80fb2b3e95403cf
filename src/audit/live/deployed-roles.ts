import pLimit from 'p-limit';
import { parseRoleArn } from '../../aws/arn.ts';
import type { Unreadable } from '../../platform/unreadable.ts';
import type { Finding } from '../model/report.ts';
import type { Gap, JobRun, Position } from '../model/types.ts';
import type { Role } from '../policies/roles/role.ts';
import { factsOfArn, roleOf } from '../policies/roles/role-of.ts';
import { contains } from '../texts/language.ts';
import { differencesOf } from './differences.ts';

/** Reads one role of the account at hand by its name. */
export type ReadRole = (
  name: string,
) => Promise<{ readonly arn: string; readonly policy: string } | Unreadable>;

/** What is deployed, next to what the files say. */
export interface DeployedRoles {
  /** Roles that no file has. */
  readonly roles: readonly Role[];
  /** Differences between files and accounts. */
  readonly findings: readonly Finding[];
  readonly gaps: readonly Gap[];
}

/** The number of requests at a time: IAM throttles an account early. */
const CONCURRENT = 4;

/**
 * Reads the deployed trust policies of the roles that jobs assume and files define, as far as they are of the account at
 * hand. Policies in files stay the ones that are judged.
 */
export async function readDeployedRoles(
  runs: readonly JobRun[],
  roles: readonly Role[],
  read: ReadRole,
): Promise<DeployedRoles> {
  const limited = pLimit(CONCURRENT);
  const results = await limited.map(wantedRoles(runs, roles), ([arn, from]) =>
    readOne(arn, from, roles, read),
  );
  return {
    roles: results.flatMap((one) => one.roles),
    findings: results.flatMap((one) => one.findings),
    gaps: results.flatMap((one) => one.gaps),
  };
}

/** The ARNs that are known, with the place that has them. */
function wantedRoles(runs: readonly JobRun[], roles: readonly Role[]): ReadonlyMap<string, Position> {
  const wanted = new Map<string, Position>();
  for (const { accountId, partition = 'aws', path, name, at } of roles) {
    if (accountId !== undefined && name.kind === 'known' && path?.kind !== 'unknown')
      wanted.set(`arn:${partition}:iam::${accountId}:role${path?.shown ?? '/'}${name.text}`, at);
  }
  for (const { role, at } of runs.flatMap(({ assumptions }) => assumptions)) {
    if (role.kind === 'known' && parseRoleArn(role.text) !== undefined && !wanted.has(role.text))
      wanted.set(role.text, at);
  }
  return wanted;
}

async function readOne(
  arn: string,
  from: Position,
  roles: readonly Role[],
  read: ReadRole,
): Promise<DeployedRoles> {
  const nothing = { roles: [], findings: [], gaps: [] };
  const wanted = parseRoleArn(arn);
  if (wanted === undefined) return nothing;
  const gap = (what: string) => ({
    ...nothing,
    gaps: [{ ...from, what: `the deployed trust policy of ${arn} is not read: ${what}` }],
  });
  const answer = await read(wanted.name);
  if ('unreadable' in answer) return gap(answer.unreadable);
  const found = parseRoleArn(answer.arn);
  if (found?.accountId !== wanted.accountId) return gap(`the credentials are of account ${found?.accountId}`);
  const facts = factsOfArn(answer.arn);
  const node = { kind: 'scalar', line: from.line, value: answer.policy } as const;
  const result = facts && roleOf({ ...facts, label: answer.arn }, node, from.file);
  if (result === undefined || !('role' in result)) return gap('it is not a valid trust policy');
  const inFiles = roles.filter((role) => isSameRole(role, found));
  return inFiles.length === 0
    ? { ...nothing, roles: [result.role] }
    : { ...nothing, findings: inFiles.flatMap((role) => drift(role, result.role, answer.arn)) };
}

function isSameRole(
  { accountId, path, name }: Role,
  found: { accountId: string; path: string; name: string },
): boolean {
  return (
    (accountId === undefined || accountId === found.accountId) &&
    (path === undefined || contains(path.language, found.path)) &&
    name.kind === 'known' &&
    name.text === found.name
  );
}

function drift(file: Role, deployed: Role, arn: string): Finding[] {
  const differences = differencesOf(file, deployed);
  if (differences.length === 0) return [];
  return [
    {
      id: 'drift',
      severity: 'warning',
      ...file.at,
      message: `The deployed trust policy of ${arn} differs from the file: ${differences.join('; ')}.`,
      remedy: 'Deploy the file, or take the deployed policy into it.',
    },
  ];
}
