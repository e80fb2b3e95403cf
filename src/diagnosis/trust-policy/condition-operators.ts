/**
 * The condition operators of IAM (IAM User Guide, "IAM JSON policy elements: Condition operators" and "Set operators for
 * multivalued context keys").
 */

export type Outcome = 'met' | 'not met' | 'not evaluated';

type Test = (found: string, wanted: string) => boolean;

const compared =
  (read: (text: string) => number, holds: (found: number, wanted: number) => boolean): Test =>
  (found, wanted) => {
    const [left, right] = [read(found), read(wanted)];
    return !Number.isNaN(left) && !Number.isNaN(right) && holds(left, right);
  };
const number = (text: string) => (text.trim() === '' ? Number.NaN : Number(text));
/** ISO 8601, or seconds since 1970. */
const date = (text: string) => (/^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text));

const TESTS: Readonly<Record<string, Test>> = {
  StringEquals: (found, wanted) => found === literal(wanted),
  StringEqualsIgnoreCase: (found, wanted) => found.toLowerCase() === literal(wanted).toLowerCase(),
  StringLike: like,
  ArnEquals: arnLike,
  ArnLike: arnLike,
  Bool: (found, wanted) => found.toLowerCase() === wanted.toLowerCase(),
  BinaryEquals: (found, wanted) => found === wanted,
  NumericEquals: compared(number, (found, wanted) => found === wanted),
  NumericLessThan: compared(number, (found, wanted) => found < wanted),
  NumericLessThanEquals: compared(number, (found, wanted) => found <= wanted),
  NumericGreaterThan: compared(number, (found, wanted) => found > wanted),
  NumericGreaterThanEquals: compared(number, (found, wanted) => found >= wanted),
  DateEquals: compared(date, (found, wanted) => found === wanted),
  DateLessThan: compared(date, (found, wanted) => found < wanted),
  DateLessThanEquals: compared(date, (found, wanted) => found <= wanted),
  DateGreaterThan: compared(date, (found, wanted) => found > wanted),
  DateGreaterThanEquals: compared(date, (found, wanted) => found >= wanted),
};

const NEGATED: Readonly<Record<string, string>> = {
  StringNotEquals: 'StringEquals',
  StringNotEqualsIgnoreCase: 'StringEqualsIgnoreCase',
  StringNotLike: 'StringLike',
  ArnNotEquals: 'ArnEquals',
  ArnNotLike: 'ArnLike',
  NumericNotEquals: 'NumericEquals',
  DateNotEquals: 'DateEquals',
};

/** An operator's name, taken apart: `ForAnyValue:StringLikeIfExists`. */
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
 * @param found the values of its key in the request; none when the key is absent
 * @returns `not evaluated` for operators and policy variables that are not known here
 */
export function conditionOutcome(
  operator: string,
  found: readonly string[],
  wanted: readonly string[],
): Outcome {
  const { set, name, ifExists } = parseOperator(operator);
  if (name === 'Null') {
    if (set !== undefined || ifExists || wanted.some((value) => !/^(true|false)$/i.test(value)))
      return 'not evaluated';
    return asOutcome(wanted.some((value) => (value.toLowerCase() === 'true') === (found.length === 0)));
  }
  const positive = NEGATED[name];
  const test = TESTS[positive ?? name];
  if (test === undefined || wanted.some(hasVariable)) return 'not evaluated';
  if (found.length === 0 && ifExists) return 'met';
  const matches = (value: string) => wanted.some((candidate) => test(value, candidate));
  const one = (value: string) => (positive === undefined ? matches(value) : !matches(value));
  if (set === 'ForAllValues') return asOutcome(found.every(one));
  if (set === 'ForAnyValue') return asOutcome(found.some(one));
  // An absent key matches nothing, so that a negated operator is met.
  if (found.length === 0) return asOutcome(positive !== undefined);
  return asOutcome(found.some(one));
}

const asOutcome = (met: boolean): Outcome => (met ? 'met' : 'not met');

/** `${aws:username}` and the like; `${*}`, `${?}` and `${$}` stand for the characters themselves. */
function hasVariable(text: string): boolean {
  return /\$\{(?![*?$]\})/.test(text);
}

function literal(text: string): string {
  return text.replaceAll(/\$\{([*?$])\}/g, '$1');
}

/** `*` for any run of characters, `?` for any one. */
export function like(text: string, pattern: string): boolean {
  const source = pattern.replaceAll(
    /\$\{([*?$])\}|[.+^${}()|[\]\\]|[*?]/g,
    (part, escaped: string | undefined) => {
      if (escaped !== undefined) return `\\${escaped}`;
      return part === '*' ? '[^]*' : part === '?' ? '[^]' : `\\${part}`;
    },
  );
  return new RegExp(`^${source}$`).test(text);
}

/** Each of the six parts of an ARN by itself, so that `*` does not reach into the next. */
function arnLike(text: string, pattern: string): boolean {
  const [found, wanted] = [arnParts(text), arnParts(pattern)];
  return (
    found.length === 6 && wanted.length === 6 && wanted.every((part, index) => like(found[index] ?? '', part))
  );
}

function arnParts(text: string): string[] {
  const [arn = '', partition = '', service = '', region = '', account = '', ...resource] = text.split(':');
  return resource.length === 0 ? [] : [arn, partition, service, region, account, resource.join(':')];
}
