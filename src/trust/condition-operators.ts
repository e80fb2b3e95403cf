/**
 * The condition operators of IAM (IAM User Guide, "IAM JSON policy elements: Condition operators" and "Set operators for
 * multivalued context keys").
 */

import { like, literal } from '../aws/wildcards.ts';
import type { Condition } from './document.ts';

export type Outcome = 'met' | 'not met' | 'not evaluated';

interface Test {
  readonly holds: (found: string, wanted: string) => boolean;
  /** Whether the operator can compare a text. How IAM treats other texts is unknown. */
  readonly reads?: (text: string) => boolean;
}

/** Numbers with few enough digits to be exact. */
const isNumber = (text: string) => /^-?\d{1,9}(\.\d{1,6})?$/.test(text);
const DATE = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d))?$/;
const EPOCH = /^\d{1,12}$/;
/** ISO 8601, or seconds since 1970. */
const timeOf = (text: string) => (EPOCH.test(text) ? Number(text) * 1000 : Date.parse(text));
const isDate = (text: string) => (EPOCH.test(text) || DATE.test(text)) && !Number.isNaN(timeOf(text));
const isBoolean = (text: string) => /^(true|false)$/i.test(text);

const numeric = (holds: (found: number, wanted: number) => boolean): Test => ({
  holds: (found, wanted) => holds(Number(found), Number(wanted)),
  reads: isNumber,
});
const dated = (holds: (found: number, wanted: number) => boolean): Test => ({
  holds: (found, wanted) => holds(timeOf(found), timeOf(wanted)),
  reads: isDate,
});

const TESTS: ReadonlyMap<string, Test> = new Map<string, Test>([
  ['StringEquals', { holds: (found, wanted) => found === literal(wanted) }],
  [
    'StringEqualsIgnoreCase',
    { holds: (found, wanted) => found.toLowerCase() === literal(wanted).toLowerCase() },
  ],
  ['StringLike', { holds: like }],
  ['ArnEquals', { holds: arnLike, reads: isArn }],
  ['ArnLike', { holds: arnLike, reads: isArn }],
  ['Bool', { holds: (found, wanted) => found.toLowerCase() === wanted.toLowerCase(), reads: isBoolean }],
  ['NumericEquals', numeric((found, wanted) => found === wanted)],
  ['NumericLessThan', numeric((found, wanted) => found < wanted)],
  ['NumericLessThanEquals', numeric((found, wanted) => found <= wanted)],
  ['NumericGreaterThan', numeric((found, wanted) => found > wanted)],
  ['NumericGreaterThanEquals', numeric((found, wanted) => found >= wanted)],
  ['DateEquals', dated((found, wanted) => found === wanted)],
  ['DateLessThan', dated((found, wanted) => found < wanted)],
  ['DateLessThanEquals', dated((found, wanted) => found <= wanted)],
  ['DateGreaterThan', dated((found, wanted) => found > wanted)],
  ['DateGreaterThanEquals', dated((found, wanted) => found >= wanted)],
]);

const NEGATED: ReadonlyMap<string, string> = new Map([
  ['StringNotEquals', 'StringEquals'],
  ['StringNotEqualsIgnoreCase', 'StringEqualsIgnoreCase'],
  ['StringNotLike', 'StringLike'],
  ['ArnNotEquals', 'ArnEquals'],
  ['ArnNotLike', 'ArnLike'],
  ['NumericNotEquals', 'NumericEquals'],
  ['DateNotEquals', 'DateEquals'],
]);

/** Whether an operator is met by the values that are not listed. */
export function isNegated(operator: string): boolean {
  return NEGATED.has(parseOperator(operator).name);
}

/** The parts of an operator's name, such as `ForAnyValue:StringLikeIfExists`. */
export interface Operator {
  readonly set: 'ForAllValues' | 'ForAnyValue' | undefined;
  readonly name: string;
  readonly ifExists: boolean;
}

export function parseOperator(text: string): Operator {
  const [, set, name = '', ifExists] = /^(?:(ForAllValues|ForAnyValue):)?(.*?)(IfExists)?$/.exec(text) ?? [];
  return { set: set as Operator['set'], name, ifExists: ifExists !== undefined };
}

/**
 * Whether a condition is met.
 *
 * @param found the values of its key in the request; none for an absent key
 * @returns `not evaluated` for unknown operators, policy variables and values, and for cases that IAM does not document:
 *   several values of a key without a set operator, no value to compare with
 */
export function conditionOutcome(
  operator: string,
  found: readonly string[],
  wanted: readonly string[],
): Outcome {
  const { set, name, ifExists } = parseOperator(operator);
  if (name === 'Null') {
    if (set !== undefined || ifExists || wanted.length === 0 || !wanted.every(isBoolean))
      return 'not evaluated';
    return asOutcome(wanted.some((value) => (value.toLowerCase() === 'true') === (found.length === 0)));
  }
  const positive = NEGATED.get(name);
  const test = TESTS.get(positive ?? name);
  if (test === undefined || wanted.length === 0 || wanted.some(hasVariable)) return 'not evaluated';
  if (found.length > 1 && set === undefined) return 'not evaluated';
  const { holds, reads = () => true } = test;
  if (!wanted.every(reads) || !found.every(reads)) return 'not evaluated';
  if (found.length === 0 && ifExists) return 'met';
  const matches = (value: string) => wanted.some((candidate) => holds(value, candidate));
  const one = (value: string) => (positive === undefined ? matches(value) : !matches(value));
  if (set === 'ForAllValues') return asOutcome(found.every(one));
  // An absent key matches nothing, so a negated operator is met.
  if (set === undefined && found.length === 0) return asOutcome(positive !== undefined);
  return asOutcome(found.some(one));
}

/** Whether a condition uses `Null` to require its key. */
export function requiresKey({ operator, values }: Condition): boolean {
  return operator === 'Null' && conditionOutcome(operator, [], values) === 'not met';
}

/** Whether `Null` requires a key, so that a condition that an absent key meets requires it too. */
export function assertsPresence(conditions: readonly Condition[], key: string): boolean {
  return conditions.some((one) => one.key.toLowerCase() === key.toLowerCase() && requiresKey(one));
}

const asOutcome = (met: boolean): Outcome => (met ? 'met' : 'not met');

/** Whether a text has a policy variable like `${aws:username}`; `${*}`, `${?}` and `${$}` are plain characters. */
function hasVariable(text: string): boolean {
  return /\$\{(?![*?$]\})/.test(text);
}

/** Compares each of the six parts of an ARN on its own, so that `*` stays within its part. */
function arnLike(text: string, pattern: string): boolean {
  const [found, wanted] = [arnParts(text), arnParts(pattern)];
  return wanted.every((part, index) => like(found[index] ?? '', part));
}

function isArn(text: string): boolean {
  return text.split(':').length >= 6;
}

function arnParts(text: string): string[] {
  const parts = text.split(':');
  return [...parts.slice(0, 5), parts.slice(5).join(':')];
}
