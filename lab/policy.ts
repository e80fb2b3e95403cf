/**
 * Decides what a policy document allows, by the rules of the IAM User Guide ("Policy evaluation logic", "IAM JSON
 * policy elements: Condition operators", "Multivalued context keys"). An implementation of its own: what the action
 * itself believes about policies has no part in it.
 */
export interface PolicyDocument {
  Version?: string;
  Statement: Statement | Statement[];
}

export interface Statement {
  Sid?: string;
  Effect: 'Allow' | 'Deny';
  Principal?: '*' | Record<string, string | string[]>;
  Action: string | string[];
  Resource?: string | string[];
  Condition?: Record<string, Record<string, string | boolean | (string | boolean)[]>>;
}

/** Values of condition keys by name in lower case; a list where a key has several. */
export type Context = ReadonlyMap<string, readonly string[]>;

export interface Question {
  readonly action: string;
  /** What the caller goes by: ARNs and account ids for `AWS`, provider ARNs for `Federated`. */
  readonly principals?: { readonly type: 'AWS' | 'Federated'; readonly ids: readonly string[] };
  readonly resource?: string;
  readonly context: Context;
}

/** Whether `policy` answers `question` with yes: some statement allows it, and none denies it. */
export function allows(policy: PolicyDocument, question: Question): boolean {
  const fitting = list(policy.Statement).filter((statement) => fits(statement, question));
  return fitting.some(({ Effect }) => Effect === 'Allow') && !fitting.some(({ Effect }) => Effect === 'Deny');
}

/** Whether some statement of `policy` denies what `question` asks for. */
export function denies(policy: PolicyDocument, question: Question): boolean {
  return list(policy.Statement).some((statement) => statement.Effect === 'Deny' && fits(statement, question));
}

function fits(statement: Statement, { action, principals, resource, context }: Question): boolean {
  return (
    list(statement.Action).some((pattern) => like(action.toLowerCase(), pattern.toLowerCase())) &&
    (principals === undefined || namesPrincipal(statement.Principal, principals)) &&
    (resource === undefined || list(statement.Resource ?? '*').some((pattern) => like(resource, pattern))) &&
    Object.entries(statement.Condition ?? {}).every(([operator, keys]) =>
      Object.entries(keys).every(([key, wanted]) =>
        holds(operator, context.get(key.toLowerCase()) ?? [], list(wanted).map(String)),
      ),
    )
  );
}

function namesPrincipal(
  principal: Statement['Principal'],
  { type, ids }: NonNullable<Question['principals']>,
): boolean {
  if (principal === undefined) return false;
  if (principal === '*') return true;
  return list(principal[type] ?? []).some((named) => named === '*' || ids.includes(named));
}

type Test = (found: string, wanted: string) => boolean;

/** Operators by name without prefix and suffix. Negated ones hold where their counterpart does not. */
const TESTS: Readonly<Record<string, Test>> = {
  StringEquals: (found, wanted) => found === wanted,
  StringEqualsIgnoreCase: (found, wanted) => found.toLowerCase() === wanted.toLowerCase(),
  StringLike: like,
  ArnEquals: like,
  ArnLike: like,
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

const NEGATED: Readonly<Record<string, string>> = {
  StringNotEquals: 'StringEquals',
  StringNotEqualsIgnoreCase: 'StringEqualsIgnoreCase',
  StringNotLike: 'StringLike',
  ArnNotEquals: 'ArnEquals',
  ArnNotLike: 'ArnLike',
  NumericNotEquals: 'NumericEquals',
  DateNotEquals: 'DateEquals',
};

/** Whether a condition with `operator` holds for the values `found` of its key; none when the key is absent. */
export function holds(operator: string, found: readonly string[], wanted: readonly string[]): boolean {
  const set = /^(ForAnyValue|ForAllValues):/.exec(operator)?.[1];
  const ifExists = operator.endsWith('IfExists');
  const name = operator.replace(/^For(AnyValue|AllValues):/, '').replace(/IfExists$/, '');

  if (name === 'Null') return wanted.some((value) => (value === 'true') === (found.length === 0));
  if (found.length === 0 && ifExists) return true;

  const positive = NEGATED[name];
  const test = TESTS[positive ?? name];
  if (test === undefined) throw new Error(`the lab does not know the condition operator ${operator}`);
  const one = (value: string) => {
    const matches = wanted.some((candidate) => test(value, candidate));
    return positive === undefined ? matches : !matches;
  };
  // ForAllValues holds for a key that is absent; so does a negated operator without a set operator.
  if (set === 'ForAllValues') return found.every(one);
  if (set === 'ForAnyValue') return found.some(one);
  return found.length === 0 ? positive !== undefined : found.some(one);
}

/** `*` for any run of characters, `?` for any one. */
function like(text: string, pattern: string): boolean {
  const source = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 's').test(text);
}

function list<T>(value: T | readonly T[]): readonly T[] {
  return Array.isArray(value) ? value : [value as T];
}
