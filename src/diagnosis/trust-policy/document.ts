import { parseJson } from '../../json.ts';

/** A role's trust policy, as far as it is read here. */
export interface TrustPolicy {
  readonly statements: readonly Statement[];
}

export interface Statement {
  /** Its `Sid`, or its place in the document. */
  readonly label: string;
  readonly effect: 'Allow' | 'Deny';
  /** `*`, or names by type; undefined where the statement has `NotPrincipal` or nothing. */
  readonly principal: '*' | Readonly<Record<string, readonly string[]>> | undefined;
  readonly actions: readonly string[];
  /** Whether `actions` are those that the statement is not about. */
  readonly notActions: boolean;
  readonly conditions: readonly Condition[];
}

export interface Condition {
  readonly operator: string;
  readonly key: string;
  readonly values: readonly string[];
}

/**
 * Reads a trust policy: the document itself, or the answer of `aws iam get-role`.
 *
 * @returns what is wrong with the text, in words, when it is none
 */
export function parseTrustPolicy(text: string): TrustPolicy | string {
  const parsed = parseJson(text);
  if (!isObject(parsed)) return 'no JSON object';
  const role = isObject(parsed.Role) ? parsed.Role.AssumeRolePolicyDocument : undefined;
  const document = isObject(role) ? role : parsed;
  const statements = listOf(document.Statement);
  if (statements.length === 0) return 'no Statement';
  const read = statements.map(readStatement);
  const wrong = read.find((statement) => typeof statement === 'string');
  return wrong ?? { statements: read.filter((statement) => typeof statement !== 'string') };
}

function readStatement(value: unknown, index: number): Statement | string {
  const label = `statement ${index + 1}`;
  if (!isObject(value)) return `${label}: no object`;
  const { Sid, Effect, Principal, Action, NotAction, Condition } = value;
  if (Effect !== 'Allow' && Effect !== 'Deny') return `${label}: Effect is neither Allow nor Deny`;
  if (Action === undefined && NotAction === undefined) return `${label}: no Action`;
  if (Condition !== undefined && !isObject(Condition)) return `${label}: Condition is no object`;
  const conditions = Object.entries(Condition ?? {}).flatMap(([operator, keys]) =>
    Object.entries(isObject(keys) ? keys : {}).map(([key, values]) => ({
      operator,
      key,
      values: listOf(values).map(String),
    })),
  );
  return {
    label: typeof Sid === 'string' && Sid !== '' ? Sid : label,
    effect: Effect,
    principal: readPrincipal(Principal),
    actions: listOf(Action ?? NotAction).map(String),
    notActions: Action === undefined,
    conditions,
  };
}

function readPrincipal(value: unknown): Statement['principal'] {
  if (value === '*') return '*';
  if (!isObject(value)) return undefined;
  return Object.fromEntries(Object.entries(value).map(([type, names]) => [type, listOf(names).map(String)]));
}

function listOf(value: unknown): readonly unknown[] {
  return value === undefined ? [] : Array.isArray(value) ? value : [value];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
