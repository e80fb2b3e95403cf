import { parseJson } from '../platform/json.ts';
import { ambiguityIn } from './document-text.ts';

/** A role's trust policy, as far as it is read here. */
export interface TrustPolicy {
  readonly statements: readonly Statement[];
}

export interface Statement {
  /** Its `Sid`, or its place in the document. */
  readonly label: string;
  readonly effect: 'Allow' | 'Deny';
  /** `*`, or names by type; undefined where the statement has `NotPrincipal`, which is not evaluated here. */
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
  /** Set where it is not known here what IAM reads in the condition. */
  readonly unclear?: true;
}

/**
 * What IAM takes for a whole trust policy is 4,096 characters at most, white space left out (IAM User Guide, "IAM and AWS
 * STS quotas"); more than this, as quotas grow, is none.
 */
const MAX_CHARACTERS = 16_384;
const VERSION = '2012-10-17';
const OF_DOCUMENT = ['Version', 'Id', 'Statement'];
const OF_STATEMENT = ['Sid', 'Effect', 'Principal', 'NotPrincipal', 'Action', 'NotAction', 'Condition'];
const PRINCIPALS = ['AWS', 'Federated', 'Service', 'CanonicalUser'];

/**
 * Reads a trust policy: the document itself, or the answer of `aws iam get-role`. What IAM would refuse to save, or could
 * read in another way than it is read here, is refused.
 *
 * @returns what is wrong with the text, in words, when it is none
 */
export function parseTrustPolicy(text: string): TrustPolicy | string {
  const parsed = parseJson(text);
  if (!isObject(parsed)) return 'no JSON object';
  const ambiguity = ambiguityIn(text);
  if (ambiguity !== undefined) return ambiguity;
  const role = isObject(parsed.Role) ? parsed.Role.AssumeRolePolicyDocument : undefined;
  const document = isObject(role) ? role : parsed;
  const statements = listOf(document.Statement);
  if (statements.length === 0) return 'no Statement';
  const stray = strayElement(document, OF_DOCUMENT);
  if (stray !== undefined) return stray;
  const { Version = '2008-10-17' } = document;
  if (Version !== VERSION && Version !== '2008-10-17') return `Version is neither ${VERSION} nor 2008-10-17`;
  const { length } = JSON.stringify(document);
  if (length > MAX_CHARACTERS)
    return `${length} characters without white space, more than IAM takes as a trust policy`;
  const read = statements.map((statement, index) => readStatement(statement, index, Version === VERSION));
  const wrong = read.find((statement) => typeof statement === 'string');
  return wrong ?? { statements: read.filter((statement) => typeof statement !== 'string') };
}

/** An element that IAM does not know there, so that it would not save the policy. */
function strayElement(object: Record<string, unknown>, known: readonly string[]): string | undefined {
  const stray = Object.keys(object).find((key) => !known.includes(key));
  if (stray === undefined) return undefined;
  const name = /^\w{1,32}$/.test(stray) ? stray : `a name of ${stray.length} characters`;
  return `an element that a trust policy does not have: ${name}`;
}

function readStatement(value: unknown, index: number, hasVariables: boolean): Statement | string {
  const label = `statement ${index + 1}`;
  if (!isObject(value)) return `${label}: no object`;
  const { Sid, Effect, Principal, NotPrincipal, Action, NotAction, Condition } = value;
  if (Effect !== 'Allow' && Effect !== 'Deny') return `${label}: Effect is neither Allow nor Deny`;
  if (Action === undefined && NotAction === undefined) return `${label}: no Action`;
  if (Action !== undefined && NotAction !== undefined) return `${label}: both Action and NotAction`;
  if (Principal === undefined && NotPrincipal === undefined) return `${label}: no Principal`;
  if (Principal !== undefined && NotPrincipal !== undefined)
    return `${label}: both Principal and NotPrincipal`;
  const stray = strayElement(value, OF_STATEMENT);
  if (stray !== undefined) return `${label}: ${stray}`;
  const actions = listOf(Action ?? NotAction);
  if (actions.length === 0 || !actions.every(isText)) return `${label}: an Action that is no text`;
  if (NotPrincipal !== undefined && Effect === 'Allow')
    return `${label}: NotPrincipal, which is for Deny alone`;
  const principal = readPrincipal(Principal ?? NotPrincipal);
  if (typeof principal === 'string' && principal !== '*') return `${label}: ${principal}`;
  const conditions = readConditions(Condition, hasVariables);
  if (typeof conditions === 'string') return `${label}: ${conditions}`;
  return {
    label: isText(Sid) && Sid !== '' ? Sid : label,
    effect: Effect,
    principal: Principal === undefined ? undefined : principal,
    actions,
    notActions: Action === undefined,
    conditions,
  };
}

/** @returns what is wrong, in words, when the value is no principal */
function readPrincipal(value: unknown): '*' | Record<string, readonly string[]> | string {
  if (value === '*') return '*';
  if (!isObject(value)) return 'Principal is neither * nor an object';
  const principal: Record<string, readonly string[]> = {};
  for (const [type, given] of Object.entries(value)) {
    const names = listOf(given);
    if (!PRINCIPALS.includes(type)) return `a Principal that is none of ${PRINCIPALS.join(', ')}`;
    if (names.length === 0 || !names.every(isText)) return `a Principal of type ${type} that is no text`;
    if (names.some((name) => name !== '*' && /[*?]/.test(name)))
      return `a Principal of type ${type} with a wildcard in its name, which IAM does not take`;
    principal[type] = names;
  }
  return Object.keys(principal).length === 0 ? 'Principal names nobody' : principal;
}

/** @returns what is wrong, in words, when the value is no block of conditions */
function readConditions(value: unknown, hasVariables: boolean): readonly Condition[] | string {
  if (value === undefined) return [];
  if (!isObject(value)) return 'Condition is no object';
  const conditions: Condition[] = [];
  for (const [operator, keys] of Object.entries(value)) {
    if (!isObject(keys)) return 'a condition operator without an object of keys and values';
    const names = Object.keys(keys).map((key) => key.toLowerCase());
    if (new Set(names).size < names.length) return 'a condition key that its operator has already';
    if (names.length === 0) conditions.push({ operator, key: '', values: [], unclear: true });
    for (const [key, given] of Object.entries(keys)) {
      const values = listOf(given);
      if (!values.every(isConditionValue)) return 'a condition value that is no text, number or boolean';
      const unclear = !values.every((one) => isClear(one, hasVariables));
      conditions.push({ operator, key, values: values.map(String), ...(unclear && { unclear }) });
    }
  }
  return conditions;
}

/** Numbers in JSON have more than one spelling, and only the newer version of the language has variables. */
function isClear(value: string | number | boolean, hasVariables: boolean): boolean {
  return typeof value === 'string' ? hasVariables || !value.includes('${') : typeof value === 'boolean';
}

function isConditionValue(value: unknown): value is string | number | boolean {
  return isText(value) || typeof value === 'number' || typeof value === 'boolean';
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function listOf(value: unknown): readonly unknown[] {
  return value === undefined ? [] : Array.isArray(value) ? value : [value];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
