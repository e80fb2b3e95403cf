/**
 * Evaluates policy documents by the rules of the IAM User Guide ("Policy evaluation logic", "IAM JSON policy elements:
 * Condition operators", "Multivalued context keys"). It shares no code with the evaluator of the action, so that tests
 * can compare both.
 */
export interface PolicyDocument {
  Version?: string;
  Statement: Statement | Statement[];
}

export interface Statement {
  Sid?: string;
  Effect: 'Allow' | 'Deny';
  Principal?: '*' | Record<string, string | string[]>;
  NotPrincipal?: Record<string, string | string[]>;
  Action: string | string[];
  Resource?: string | string[];
  Condition?: Record<string, Record<string, string | boolean | (string | boolean)[]>>;
}

/** The values of each condition key, by its name in lower case. */
export type Context = ReadonlyMap<string, readonly string[]>;

export interface Question {
  readonly action: string;
  /** The names of the caller: ARNs and account IDs for `AWS`, provider ARNs for `Federated`. */
  readonly principals?: { readonly type: 'AWS' | 'Federated'; readonly ids: readonly string[] };
  readonly resource?: string;
  readonly context: Context;
}

/**
 * Whether a statement of `policy` allows the action in `question`, and no statement denies it.
 *
 * @throws Error if IAM rejects the policy, or if the lab does not support one of its features
 */
export function allows(policy: PolicyDocument, question: Question): boolean {
  const fitting = list(policy.Statement).filter((statement) => fits(policy, statement, question));
  return fitting.some(({ Effect }) => Effect === 'Allow') && !fitting.some(({ Effect }) => Effect === 'Deny');
}

/** Whether a statement of `policy` denies the action in `question`. */
export function denies(policy: PolicyDocument, question: Question): boolean {
  return list(policy.Statement).some(
    (statement) => statement.Effect === 'Deny' && fits(policy, statement, question),
  );
}

/** Evaluates every part of the statement, even after a mismatch, because IAM rejects a policy with any part that is not valid. */
function fits({ Version }: PolicyDocument, statement: Statement, question: Question): boolean {
  const { action, principals, resource, context } = question;
  const about = principals === undefined || isAbout(statement, principals);
  const conditions = Object.entries(block(statement.Condition ?? {})).flatMap(([operator, keys]) =>
    Object.entries(block(keys)).map(([key, wanted]) => ({ operator, key, wanted: list(wanted).map(scalar) })),
  );
  const others =
    about &&
    list(statement.Action).some((pattern) => like(action.toLowerCase(), pattern.toLowerCase(), false)) &&
    (resource === undefined ||
      list(statement.Resource ?? '*').some((pattern) => like(resource, pattern, false)));
  const unknown: unknown[] = [];
  const met = conditions.map(({ operator, key, wanted }) => {
    try {
      return holds(operator, context.get(key.toLowerCase()) ?? [], wanted, Version === '2012-10-17');
    } catch (error) {
      unknown.push(error);
      return true;
    }
  });
  if (!others || met.includes(false)) return false;
  if (unknown.length > 0) throw unknown[0];
  return true;
}

function block<T extends object>(value: T): T {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw new Error('IAM rejects a policy with a condition that is not an object');
}

function scalar(value: unknown): string {
  if (typeof value === 'object' || value === undefined)
    throw new Error('IAM rejects a policy with a condition value that is not a scalar');
  return String(value);
}

type Principals = NonNullable<Question['principals']>;

function isAbout({ Effect, Principal, NotPrincipal }: Statement, principals: Principals): boolean {
  if (Principal !== undefined && NotPrincipal === undefined) return namesPrincipal(Principal, principals);
  if (Principal !== undefined || NotPrincipal === undefined || Effect === 'Allow')
    throw new Error('IAM rejects a trust policy without Principal, or with NotPrincipal in an Allow');
  return !namesPrincipal(NotPrincipal, principals);
}

/** `{"AWS": "*"}` matches every caller, as `"*"` does. Other names cannot contain wildcards. */
function namesPrincipal(principal: NonNullable<Statement['Principal']>, { type, ids }: Principals): boolean {
  if (principal === '*' || list(principal.AWS ?? []).includes('*')) return true;
  return list(principal[type] ?? []).some((named) => named === '*' || ids.includes(named));
}

type Test = (found: string, wanted: string) => boolean;

/** Operators by name, without prefix and suffix. */
const TESTS: Readonly<Record<string, Test>> = {
  StringEquals: (found, wanted) => found === plain(wanted),
  StringEqualsIgnoreCase: (found, wanted) => found.toLowerCase() === plain(wanted).toLowerCase(),
  StringLike: (found, wanted) => like(found, wanted),
  ArnEquals: arnLike,
  ArnLike: arnLike,
  Bool: (found, wanted) => found.toLowerCase() === wanted.toLowerCase(),
  NumericEquals: (found, wanted) => Number(found) === Number(wanted),
  NumericLessThan: (found, wanted) => Number(found) < Number(wanted),
  NumericLessThanEquals: (found, wanted) => Number(found) <= Number(wanted),
  NumericGreaterThan: (found, wanted) => Number(found) > Number(wanted),
  NumericGreaterThanEquals: (found, wanted) => Number(found) >= Number(wanted),
  DateEquals: (found, wanted) => Date.parse(found) === Date.parse(wanted),
  DateLessThan: (found, wanted) => Date.parse(found) < Date.parse(wanted),
  DateLessThanEquals: (found, wanted) => Date.parse(found) <= Date.parse(wanted),
  DateGreaterThan: (found, wanted) => Date.parse(found) > Date.parse(wanted),
  DateGreaterThanEquals: (found, wanted) => Date.parse(found) >= Date.parse(wanted),
};

/** The operator that each negated operator negates. */
const NEGATED: Readonly<Record<string, string>> = {
  StringNotEquals: 'StringEquals',
  StringNotEqualsIgnoreCase: 'StringEqualsIgnoreCase',
  StringNotLike: 'StringLike',
  ArnNotEquals: 'ArnEquals',
  ArnNotLike: 'ArnLike',
  NumericNotEquals: 'NumericEquals',
  DateNotEquals: 'DateEquals',
};

/** Whether a condition with `operator` holds for the values `found` of its key. An absent key has no values. */
export function holds(
  operator: string,
  found: readonly string[],
  wanted: readonly string[],
  hasVariables = true,
): boolean {
  if (wanted.some((value) => value.includes('${') && (!hasVariables || VARIABLE.test(value))))
    throw new Error('the lab does not support policy variables');
  const set = /^(ForAnyValue|ForAllValues):/.exec(operator)?.[1];
  const ifExists = operator.endsWith('IfExists');
  const name = operator.replace(/^For(AnyValue|AllValues):/, '').replace(/IfExists$/, '');

  if (name === 'Null') return wanted.some((value) => (value === 'true') === (found.length === 0));
  if (found.length === 0 && ifExists) return true;

  const positive = NEGATED[name];
  const test = TESTS[positive ?? name];
  if (test === undefined) throw new Error(`the lab does not support the condition operator ${operator}`);
  const one = (value: string) => {
    const matches = wanted.some((candidate) => test(value, candidate));
    return positive === undefined ? matches : !matches;
  };
  // ForAllValues holds for an absent key. So does a negated operator without a set operator.
  if (set === 'ForAllValues') return found.every(one);
  if (set === 'ForAnyValue') return found.some(one);
  return found.length === 0 ? positive !== undefined : found.some(one);
}

/** A policy variable, except `${*}`, `${?}` and `${$}`, which stand for the character. */
const VARIABLE = /\$\{(?![*?$]\})/;

function plain(text: string): string {
  return text.replaceAll(/\$\{([*?$])\}/g, '$1');
}

/** Compares ARNs part by part. The last part can contain colons. */
function arnLike(found: string, wanted: string): boolean {
  const parts = (arn: string) => /^([^:]*):([^:]*):([^:]*):([^:]*):([^:]*):(.*)$/s.exec(arn)?.slice(1) ?? [];
  const [left, right] = [parts(found), parts(wanted)];
  return left.length > 0 && right.length > 0 && left.every((part, index) => like(part, right[index] ?? ''));
}

/**
 * Whether `text` matches `pattern`, where `*` matches any characters and `?` matches one. After each character, `fit` tells
 * which prefixes of the pattern match the text so far.
 *
 * @param escapes whether `${*}`, `${?}` and `${$}` stand for the character
 */
function like(text: string, pattern: string, escapes = true): boolean {
  const parts = pattern.match(escapes ? /\$\{[*?$]\}|[\s\S]/g : /[\s\S]/g) ?? [];
  let fit = [true, ...parts.map((_, index) => parts.slice(0, index + 1).every((part) => part === '*'))];
  for (const character of text.split('')) {
    const next = [false];
    for (const [index, part] of parts.entries()) {
      const same = part === '?' || (part.length > 1 ? part.charAt(2) : part) === character;
      next.push(part === '*' ? next[index] === true || fit[index + 1] === true : same && fit[index] === true);
    }
    fit = next;
  }
  return fit.at(-1) === true;
}

function list<T>(value: T | readonly T[]): readonly T[] {
  return Array.isArray(value) ? value : [value as T];
}
