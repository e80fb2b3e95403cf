import { conditionOutcome, parseOperator } from './condition-operators.ts';
import type { Condition, Statement, TrustPolicy } from './document.ts';
import { like } from './wildcards.ts';

/** What a trust policy is asked: may this principal do this to the role, with these facts? */
export interface TrustQuestion {
  readonly action: string;
  readonly principal: {
    readonly type: 'AWS' | 'Federated';
    /** All that the principal goes by: ARNs, account ids. */
    readonly ids: readonly string[];
    /** Whether a name may be the principal's, too, for all that is known here. */
    readonly mayBe?: (name: string) => boolean;
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
  /** Parts that are not evaluated here; the rest of the statement fits, or not, without them. */
  readonly notEvaluated: readonly NotEvaluated[];
}

export interface NotEvaluated {
  /** `Principal`, or operator and key of a condition. */
  readonly part: string;
  /** Of a condition. */
  readonly key?: string;
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
  const notEvaluated: NotEvaluated[] = [];
  const { actions, notActions, principal, conditions } = statement;
  const isListed = actions.some((pattern) => like(question.action.toLowerCase(), pattern.toLowerCase()));
  if (isListed === notActions)
    mismatches.push({ element: 'Action', wanted: actions, found: [question.action] });
  const named = naming(principal, question.principal);
  if (named === 'not known') notEvaluated.push({ part: 'Principal' });
  if (named === 'not named') {
    const wanted = typeof principal === 'object' ? Object.values(principal).flat() : [];
    mismatches.push({ element: 'Principal', wanted, found: question.principal.ids });
  }
  for (const condition of conditions) {
    const { operator, key, values, unclear } = condition;
    const found = question.context.get(key.toLowerCase()) ?? [];
    const isKnown = unclear === undefined && question.isKnown(key.toLowerCase());
    const outcome = isKnown ? conditionOutcome(operator, found, values) : 'not evaluated';
    if (outcome === 'not evaluated') notEvaluated.push({ part: `${operator} ${key}`.trimEnd(), key });
    if (outcome === 'not met')
      mismatches.push({ element: 'Condition', operator, key, wanted: values, found });
  }
  const outcome =
    mismatches.length > 0 ? 'does not apply' : notEvaluated.length > 0 ? 'undecided' : 'applies';
  return { statement, outcome, mismatches, notEvaluated };
}

/** IAM User Guide, "AWS JSON policy elements: Principal": `{"AWS": "*"}` is everybody, as `*` is, without credentials, too. */
function naming(
  principal: Statement['principal'],
  { type, ids, mayBe }: TrustQuestion['principal'],
): 'named' | 'not named' | 'not known' {
  if (principal === undefined) return 'not known';
  if (principal === '*' || principal.AWS?.includes('*')) return 'named';
  const ofType = principal[type] ?? [];
  if (ofType.some((name) => ids.includes(name))) return 'named';
  // What `*` is in another place, IAM does not say; nor how it takes a name in other letter case.
  const lowerCase = ids.map((id) => id.toLowerCase());
  const isOpen =
    Object.values(principal).some((names) => names.includes('*')) ||
    ofType.some((name) => lowerCase.includes(name.toLowerCase()) || mayBe?.(name));
  return isOpen ? 'not known' : 'not named';
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
