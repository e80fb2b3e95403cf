import { conditionOutcome, parseOperator } from '../../trust/condition-operators.ts';
import type { Condition } from '../../trust/document.ts';
import { hasMarks, type Unknowns } from '../policies/roles/unknowns.ts';
import { both, type Language, not } from '../texts/language.ts';
import type { Value } from '../texts/value.ts';
import { compare, positiveName, wantedBy } from './compare.ts';
import { comparesTexts } from './pattern.ts';
import { claimOf, type TokenSet, valueOfKey } from './token-set.ts';

/**
 * How often a condition is met by the tokens of a job: by all of them, by none, by some runs and not by others, or not
 * known.
 */
export type Often = 'always' | 'never' | 'sometimes' | 'unknown';

export interface ConditionVerdict {
  readonly condition: Condition;
  readonly often: Often;
  /** What the tokens have; undefined if they lack the key. */
  readonly found: Value | undefined;
  /** The texts of the claim that meet the condition, where it is met sometimes. */
  readonly met: Language | undefined;
  /** Why it is not known, one sentence each. */
  readonly reasons: readonly string[];
}

/** Evaluates one condition for the tokens of a job. */
export function evaluateCondition(
  condition: Condition,
  tokens: TokenSet,
  unknowns: Unknowns,
): ConditionVerdict {
  const { value, maybeAbsent } = valueOfKey(condition.key, tokens);
  const verdict = (often: Often, reasons: readonly string[] = [], met?: Language): ConditionVerdict => ({
    condition,
    often,
    found: value,
    met,
    reasons,
  });
  if (condition.unclear === true)
    return verdict('unknown', ['IAM does not document how it reads this condition']);
  const absent = outcomeOf(condition, []);
  if (value === undefined) return verdict(absent, absent === 'unknown' ? [NOT_EVALUATED] : []);
  const present = outcomeOfPresent(condition, value, unknowns);
  if (!maybeAbsent || present.often === absent)
    return { ...verdict(present.often, present.reasons, present.met) };
  return verdict('unknown', reasonsOfAbsence(condition, value, tokens));
}

const NOT_EVALUATED =
  'IAM evaluates this operator, these values or policy variables only in the request itself';

function reasonsOfAbsence({ key }: Condition, value: Value, { provider }: TokenSet): readonly string[] {
  const claim = claimOf(key, provider);
  if (claim === undefined || value.kind === 'unknown') return value.kind === 'known' ? [] : value.reasons;
  return [`AWS does not document that STS reads the claim ${claim}`];
}

interface Present {
  readonly often: Often;
  readonly reasons: readonly string[];
  readonly met?: Language | undefined;
}

function outcomeOfPresent(condition: Condition, value: Value, unknowns: Unknowns): Present {
  const { operator, values } = condition;
  const isOpen = values.some(hasMarks);
  if (value.kind === 'known' && !isOpen) {
    const often = outcomeOf(condition, [value.text]);
    return { often, reasons: often === 'unknown' ? [NOT_EVALUATED] : [] };
  }
  if (parseOperator(operator).name === 'Null')
    return { often: outcomeOf(condition, ['present']), reasons: [] };
  // Whether IAM evaluates the values does not depend on what they are compared with.
  const sample = outcomeOf(condition, ['sample']);
  if (!comparesTexts(positiveName(condition)) || sample === 'unknown')
    return { often: 'unknown', reasons: [NOT_EVALUATED] };
  return outcomeOfTexts(condition, value, unknowns);
}

function outcomeOfTexts(condition: Condition, value: Value, unknowns: Unknowns): Present {
  const { surely, atMost, isExact } = wantedBy(condition, unknowns);
  const isNegated = parseOperator(condition.operator).name !== positiveName(condition);
  const [all, none] = isNegated ? (['never', 'always'] as const) : (['always', 'never'] as const);
  const inside = compare(value.language, surely);
  if (inside === 'inside') return { often: all, reasons: [] };
  const outside = isExact ? inside : compare(value.language, atMost);
  if (outside === 'outside') return { often: none, reasons: [] };
  if (value.kind === 'varies' && isExact && inside !== 'unknown')
    return { often: 'sometimes', reasons: [], met: isNegated ? not(surely) : surely };
  const open = isExact ? [] : condition.values.flatMap((text) => reasonsOf(unknowns.valueOf(text)));
  const reasons = [...new Set([...(value.kind === 'unknown' ? value.reasons : []), ...open])];
  return {
    often: 'unknown',
    reasons: reasons.length > 0 ? reasons : ['the patterns are too complex to compare'],
  };
}

function reasonsOf(value: Value): readonly string[] {
  return value.kind === 'known' ? [] : value.reasons;
}

/** What the evaluator of trust policies says to values that are known. */
function outcomeOf({ operator, values }: Condition, found: readonly string[]): Often {
  const wanted = values.map((text) => (hasMarks(text) ? '?' : text));
  const outcome = conditionOutcome(operator, found, wanted);
  if (outcome === 'met') return 'always';
  return outcome === 'not met' ? 'never' : 'unknown';
}

/** The texts of a claim that meet all of these conditions. */
export function metByAll(verdicts: readonly ConditionVerdict[]): Language {
  return both(...verdicts.flatMap(({ met }) => (met === undefined ? [] : [met])));
}
