import { like } from '../aws/wildcards.ts';
import { conditionOutcome } from './condition-operators.ts';
import type { Statement, TrustPolicy } from './document.ts';

/** A request that a trust policy allows or denies: a principal, an action and the values of condition keys. */
export interface TrustQuestion {
  readonly action: string;
  readonly principal: {
    readonly type: 'AWS' | 'Federated';
    /** All names of the principal: ARNs, account IDs. */
    readonly ids: readonly string[];
    /** Whether another name could also be the principal's. */
    readonly mayBe?: (name: string) => boolean;
  };
  /** Values of condition keys, by name in lower case, without absent keys. */
  readonly context: ReadonlyMap<string, readonly string[]>;
  /** Whether the value of a key is known: it is in the context, or certainly absent. By name in lower case. */
  readonly isKnown: (key: string) => boolean;
}

/** A part of a statement that prevents it from applying. */
export interface Mismatch {
  readonly element: 'Principal' | 'Action' | 'Condition';
  /** Set for conditions. */
  readonly operator?: string;
  readonly key?: string;
  readonly wanted: readonly string[];
  /** Empty for an absent key. */
  readonly found: readonly string[];
}

export interface StatementVerdict {
  readonly statement: Statement;
  readonly outcome: 'applies' | 'does not apply' | 'undecided';
  readonly mismatches: readonly Mismatch[];
  readonly notEvaluated: readonly NotEvaluated[];
}

/** A part of a statement that only AWS can evaluate. */
interface NotEvaluated {
  /** `Principal`, or operator and key of a condition. */
  readonly part: string;
  /** Set for conditions. */
  readonly key?: string;
}

export interface Verdict {
  readonly question: TrustQuestion;
  readonly decision: 'allowed' | 'denied' | 'undecided';
  readonly statements: readonly StatementVerdict[];
}

/**
 * Decides by IAM's rules (IAM User Guide, "Policy evaluation logic"): a Deny wins over every Allow, and no Allow is a
 * denial. A part that cannot be evaluated never counts as allowed.
 */
export function evaluateTrust(policy: TrustPolicy, question: TrustQuestion): Verdict {
  const statements = policy.statements.map((statement) => verdictOn(statement, question));
  return { question, decision: decide(statements), statements };
}

function decide(statements: readonly StatementVerdict[]): Verdict['decision'] {
  const some = (effect: Statement['effect'], outcome: StatementVerdict['outcome']) =>
    statements.some((verdict) => verdict.statement.effect === effect && verdict.outcome === outcome);
  if (some('Deny', 'applies')) return 'denied';
  if (some('Allow', 'applies')) return some('Deny', 'undecided') ? 'undecided' : 'allowed';
  return some('Allow', 'undecided') ? 'undecided' : 'denied';
}

function verdictOn(statement: Statement, question: TrustQuestion): StatementVerdict {
  const mismatches: Mismatch[] = [];
  const notEvaluated: NotEvaluated[] = [];
  const { actions, principal, conditions } = statement;
  if (!coversAction(statement, question.action))
    mismatches.push({ element: 'Action', wanted: actions, found: [question.action] });
  const isNamed = names(principal, question.principal);
  if (isNamed === undefined) notEvaluated.push({ part: 'Principal' });
  if (isNamed === false) {
    const wanted = Object.values<string | readonly string[]>(principal ?? {}).flat();
    mismatches.push({ element: 'Principal', wanted, found: question.principal.ids });
  }
  for (const { operator, key, values, unclear } of conditions) {
    const found = question.context.get(key.toLowerCase()) ?? [];
    const isKnown = unclear === undefined && question.isKnown(key.toLowerCase());
    const outcome = isKnown ? conditionOutcome(operator, found, values) : 'not evaluated';
    if (outcome === 'not evaluated') notEvaluated.push({ part: `${operator} ${key}`.trimEnd(), key });
    if (outcome === 'not met')
      mismatches.push({ element: 'Condition', operator, key, wanted: values, found });
  }
  return { statement, outcome: outcomeOf(mismatches, notEvaluated), mismatches, notEvaluated };
}

function outcomeOf(
  mismatches: readonly Mismatch[],
  notEvaluated: readonly NotEvaluated[],
): StatementVerdict['outcome'] {
  if (mismatches.length > 0) return 'does not apply';
  return notEvaluated.length > 0 ? 'undecided' : 'applies';
}

/** Whether a statement is about an action; IAM compares actions without letter case. */
export function coversAction({ actions, notActions }: Statement, action: string): boolean {
  return actions.some((pattern) => like(action.toLowerCase(), pattern.toLowerCase())) !== notActions;
}

/** Whether a principal is `*`. `{"AWS": "*"}` means the same (IAM User Guide, "AWS JSON policy elements: Principal"). */
export function isEveryone(principal: Statement['principal']): boolean {
  return principal === '*' || principal?.AWS?.includes('*') === true;
}

/** The identity providers that a statement names. */
export function providersIn({ principal }: Statement): readonly string[] {
  return (typeof principal === 'object' && principal.Federated) || [];
}

/** Whether a statement names a principal; undefined when that is unknown. */
function names(
  principal: Statement['principal'],
  { type, ids, mayBe }: TrustQuestion['principal'],
): boolean | undefined {
  if (isEveryone(principal)) return true;
  if (typeof principal !== 'object') return undefined;
  const ofType = principal[type] ?? [];
  if (ofType.some((name) => ids.includes(name))) return true;
  // IAM does not document `*` under other types, nor names in another letter case.
  const lowerCase = ids.map((id) => id.toLowerCase());
  const isOpen =
    Object.values(principal).some((list) => list.includes('*')) ||
    ofType.some((name) => lowerCase.includes(name.toLowerCase()) || mayBe?.(name));
  return isOpen ? undefined : false;
}

/** A mismatch in one line of a log. */
export function describeMismatch({ element, operator, key, wanted, found }: Mismatch): string {
  const values = (list: readonly string[]) => (list.length === 0 ? '(none)' : list.join(' | '));
  const part = element === 'Condition' ? `${operator} ${key}` : element;
  // Readers of the log can see the policy. The external ID of the request is known to caller and role alone.
  const isHidden = key?.toLowerCase() === 'sts:externalid' && found.length > 0;
  return `${part}: wanted ${values(wanted)}; found ${isHidden ? 'another value (not shown)' : values(found)}`;
}
