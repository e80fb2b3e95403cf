import { parseOperator } from '../../trust/condition-operators.ts';
import type { Condition, Statement } from '../../trust/document.ts';
import { coversAction, isEveryone } from '../../trust/evaluate.ts';
import { claimOf } from '../evaluate/token-set.ts';
import type { Finding, Format } from '../model/report.ts';
import type { JobRun } from '../model/types.ts';
import type { Role } from '../policies/roles/role.ts';
import type { Judged } from '../verdicts/judge.ts';
import type { Reach } from './reach.ts';
import type { Repository } from './subjects.ts';

/** What findings are found in. */
export interface FindingContext {
  readonly repository: Repository;
  /** Whether the subjects of the repository are made of other claims than GitHub's default. */
  readonly isCustomised: boolean;
  readonly provider: string;
  readonly formats: readonly Format[];
  readonly runs: readonly JobRun[];
  readonly roles: readonly Role[];
  readonly judged: readonly Judged[];
  readonly reach: Reach;
}

/** A statement of a role that is about tokens of the repository's server. */
export interface OwnStatement {
  readonly role: Role;
  readonly statement: Statement;
  readonly index: number;
  readonly line: number;
}

/** The statements that allow something to tokens of GitHub, or whose conditions are about them. */
export function ownStatements({ roles, provider }: FindingContext): OwnStatement[] {
  return roles.flatMap((role) =>
    role.policy.statements
      .map((statement, index) => ({
        role,
        statement,
        index,
        line: role.lines.statements[index] ?? role.at.line,
      }))
      .filter(({ statement }) => statement.effect === 'Allow' && isAbout(statement, provider, role)),
  );
}

function isAbout(statement: Statement, provider: string, { unknowns }: Role): boolean {
  const { principal, conditions } = statement;
  if (isEveryone(principal)) return allowsTokens(statement);
  if (conditions.some(({ key }) => claimOf(key, provider) !== undefined)) return true;
  if (typeof principal !== 'object') return false;
  return (principal.Federated ?? []).some((name) => unknowns.shown(name).includes(provider));
}

/** Whether a statement allows tokens to assume the role. */
export function allowsTokens(statement: Statement): boolean {
  return coversAction(statement, 'sts:AssumeRoleWithWebIdentity');
}

/** Whether a condition keeps tokens out: negated ones, and those that a missing claim meets, name who may not. */
export function isBinding({ operator }: Condition): boolean {
  const { set, name, ifExists } = parseOperator(operator);
  return set !== 'ForAllValues' && !ifExists && !/Not/.test(name) && name !== 'Null';
}

/** The line of a value in a condition of a statement. */
function lineOf({ role, index, line }: OwnStatement, value: string): number {
  return role.lines.values[index]?.get(value) ?? line;
}

/** Where a finding about a statement is, and how it begins. */
export function findingIn(
  own: OwnStatement,
  finding: Pick<Finding, 'id' | 'severity' | 'message' | 'remedy'>,
  value?: string,
): Finding {
  const { role, statement } = own;
  const line = value === undefined ? own.line : lineOf(own, value);
  return {
    ...finding,
    file: role.at.file,
    line,
    message: `${role.label}, ${statement.label}: ${role.unknowns.shown(finding.message)}.`,
    remedy: role.unknowns.shown(finding.remedy),
  };
}
