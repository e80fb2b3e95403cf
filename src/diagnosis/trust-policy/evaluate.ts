import { conditionOutcome, like, parseOperator } from './condition-operators.ts';
import type { Condition, Statement, TrustPolicy } from './document.ts';

/** What a trust policy is asked: may this principal do this to the role, with these facts? */
export interface TrustQuestion {
  readonly action: string;
  readonly principal: {
    readonly type: 'AWS' | 'Federated';
    /** All that the principal goes by: ARNs, account ids. */
    readonly ids: readonly string[];
  };
  /** Values of condition keys, by name in lower case; absent keys are left out. */
  readonly context: ReadonlyMap<string, readonly string[]>;
  /** Whether the value of a key is known here: it is in the context, or surely absent. By name in lower case. */
  readonly isKnown: (key: string) => boolean;
}

/** A part of a statement that keeps it from applying. */
export interface Mismatch {
  readonly element: 'Principal' | 'Action' | 'Condition';
  /** Of a condition. */
  readonly operator?: string;
  readonly key?: string;
  readonly wanted: readonly string[];
  /** Empty for a key that is absent. */
  readonly found: readonly string[];
}

export interface StatementVerdict {
  readonly statement: Statement;
  readonly outcome: 'applies' | 'does not apply' | 'undecided';
  readonly mismatches: readonly Mismatch[];
  /** Conditions that are not evaluated here; the rest of the statement fits, or not, without them. */
  readonly notEvaluated: readonly Condition[];
}

export interface Verdict {
  readonly question: TrustQuestion;
  readonly decision: 'allowed' | 'denied' | 'undecided';
  readonly statements: readonly StatementVerdict[];
}

/**
 * Decides by IAM's rules (IAM User Guide, "Policy evaluation logic"): a statement that denies wins, and without one that
 * allows the answer is no. What cannot be evaluated is never taken for a yes.
 */
export function evaluateTrust(policy: TrustPolicy, question: TrustQuestion): Verdict {
  const statements = policy.statements.map((statement) => verdictOn(statement, question));
  const some = (effect: Statement['effect'], outcome: StatementVerdict['outcome']) =>
    statements.some((verdict) => verdict.statement.effect === effect && verdict.outcome === outcome);
  const decision = some('Deny', 'applies')
    ? 'denied'
    : some('Allow', 'applies')
      ? some('Deny', 'undecided')
        ? 'undecided'
        : 'allowed'
      : some('Allow', 'undecided')
        ? 'undecided'
        : 'denied';
  return { question, decision, statements };
}

function verdictOn(statement: Statement, question: TrustQuestion): StatementVerdict {
  const mismatches: Mismatch[] = [];
  const notEvaluated: Condition[] = [];
  const { actions, notActions, principal, conditions } = statement;
  const named = actions.some((pattern) => like(question.action.toLowerCase(), pattern.toLowerCase()));
  if (named === notActions) mismatches.push({ element: 'Action', wanted: actions, found: [question.action] });
  if (!names(principal, question.principal)) {
    const wanted = typeof principal === 'object' ? Object.values(principal).flat() : [];
    mismatches.push({ element: 'Principal', wanted, found: question.principal.ids });
  }
  for (const condition of conditions) {
    const { operator, key, values } = condition;
    const found = question.context.get(key.toLowerCase()) ?? [];
    const outcome = question.isKnown(key.toLowerCase())
      ? conditionOutcome(operator, found, values)
      : 'not evaluated';
    if (outcome === 'not evaluated') notEvaluated.push(condition);
    if (outcome === 'not met')
      mismatches.push({ element: 'Condition', operator, key, wanted: values, found });
  }
  const outcome =
    mismatches.length > 0 ? 'does not apply' : notEvaluated.length > 0 ? 'undecided' : 'applies';
  return { statement, outcome, mismatches, notEvaluated };
}

function names(principal: Statement['principal'], { type, ids }: TrustQuestion['principal']): boolean {
  if (principal === '*') return true;
  return (principal?.[type] ?? []).some((name) => (name === '*' && type === 'AWS') || ids.includes(name));
}

/** A mismatch for readers of the log. */
export function describeMismatch({ element, operator, key, wanted, found }: Mismatch): string {
  const values = (list: readonly string[]) => (list.length === 0 ? '(none)' : list.join(' | '));
  const what = element === 'Condition' ? `${operator} ${key}` : element;
  // What the policy wants stands in the policy; what is sent is known to caller and role alone.
  const shown =
    key?.toLowerCase() === 'sts:externalid' && found.length > 0 ? ['another one (not shown)'] : found;
  return `${what}: wanted ${values(wanted)}; found ${values(shown)}`;
}

/** Whether a condition would hold for a key that the request does not have. */
export function holdsWithoutKey({ operator }: Condition): boolean {
  const { set, ifExists } = parseOperator(operator);
  return set === 'ForAllValues' || ifExists;
}
