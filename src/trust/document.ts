import { parseJson } from '../platform/json.ts';
import type { Unreadable } from '../platform/unreadable.ts';
import { ambiguityIn } from './document-text.ts';

/** The parts of a role's trust policy that decide who may assume it. */
export interface TrustPolicy {
  readonly statements: readonly Statement[];
}

export interface Statement {
  /** Its `Sid`, or its position in the document. */
  readonly label: string;
  readonly effect: 'Allow' | 'Deny';
  /** `*`, or names by type; undefined for a statement with `NotPrincipal`, which is not evaluated. */
  readonly principal: '*' | Readonly<Record<string, readonly string[]>> | undefined;
  readonly actions: readonly string[];
  /** Whether `actions` are the ones that the statement excludes. */
  readonly notActions: boolean;
  readonly conditions: readonly Condition[];
}

export interface Condition {
  readonly operator: string;
  readonly key: string;
  readonly values: readonly string[];
  /** Set when it is unknown how IAM reads the condition. */
  readonly unclear?: true;
}

/**
 * IAM accepts trust policies of at most 4,096 characters, not counting white space (IAM User Guide, "IAM and AWS STS
 * quotas"). The limit here leaves room for higher quotas.
 */
const MAX_CHARACTERS = 16_384;
const VERSION = '2012-10-17';
const OLD_VERSION = '2008-10-17';
const DOCUMENT_ELEMENTS = ['Version', 'Id', 'Statement'];
const STATEMENT_ELEMENTS = ['Sid', 'Effect', 'Principal', 'NotPrincipal', 'Action', 'NotAction', 'Condition'];
const PRINCIPAL_TYPES = ['AWS', 'Federated', 'Service', 'CanonicalUser'];

/** A reason not to read a document as a trust policy. */
class Refusal extends Error {}

/**
 * Reads a trust policy: the document itself, or the output of `aws iam get-role`. Refuses documents that IAM does not
 * save, or that IAM could read differently.
 */
export function parseTrustPolicy(text: string): TrustPolicy | Unreadable {
  try {
    return readDocument(text);
  } catch (error) {
    if (error instanceof Refusal) return { unreadable: error.message };
    throw error;
  }
}

function must(holds: unknown, refusal: string): asserts holds {
  if (!holds) throw new Refusal(refusal);
}

function readDocument(text: string): TrustPolicy {
  const parsed = parseJson(text);
  must(isObject(parsed), 'text that is not a JSON object');
  const ambiguity = ambiguityIn(text);
  if (ambiguity !== undefined) throw new Refusal(ambiguity);
  const role = isObject(parsed.Role) ? parsed.Role.AssumeRolePolicyDocument : undefined;
  const document = isObject(role) ? role : parsed;
  const statements = listOf(document.Statement);
  must(statements.length > 0, 'no Statement');
  mustHaveKnownElements(document, DOCUMENT_ELEMENTS);
  const { Version = OLD_VERSION } = document;
  must(Version === VERSION || Version === OLD_VERSION, `a Version other than ${VERSION} or ${OLD_VERSION}`);
  const { length } = JSON.stringify(document);
  must(length <= MAX_CHARACTERS, `${length} characters without white space, more than IAM accepts`);
  return {
    statements: statements.map((statement, index) =>
      readStatement(statement, `statement ${index + 1}`, Version === VERSION),
    ),
  };
}

function readStatement(value: unknown, position: string, hasVariables: boolean): Statement {
  try {
    must(isObject(value), 'a value that is not an object');
    const { Sid, Effect, Principal, NotPrincipal, Action, NotAction, Condition } = value;
    must(Effect === 'Allow' || Effect === 'Deny', 'an Effect other than Allow or Deny');
    must(Action !== undefined || NotAction !== undefined, 'no Action');
    must(Action === undefined || NotAction === undefined, 'both Action and NotAction');
    must(Principal !== undefined || NotPrincipal !== undefined, 'no Principal');
    must(Principal === undefined || NotPrincipal === undefined, 'both Principal and NotPrincipal');
    mustHaveKnownElements(value, STATEMENT_ELEMENTS);
    const actions = listOf(Action ?? NotAction);
    must(actions.length > 0 && actions.every(isText), 'an Action that is not text');
    must(NotPrincipal === undefined || Effect === 'Deny', 'NotPrincipal without the Effect Deny');
    const principal = readPrincipal(Principal ?? NotPrincipal);
    return {
      label: isText(Sid) && Sid !== '' ? Sid : position,
      effect: Effect,
      principal: Principal === undefined ? undefined : principal,
      actions,
      notActions: Action === undefined,
      conditions: readConditions(Condition, hasVariables),
    };
  } catch (error) {
    if (error instanceof Refusal) error.message = `${position}: ${error.message}`;
    throw error;
  }
}

function mustHaveKnownElements(object: Record<string, unknown>, known: readonly string[]): void {
  const stray = Object.keys(object).find((key) => !known.includes(key));
  if (stray === undefined) return;
  const name = /^\w{1,32}$/.test(stray) ? stray : `a name of ${stray.length} characters`;
  throw new Refusal(`an element that trust policies do not have: ${name}`);
}

function readPrincipal(value: unknown): '*' | Record<string, readonly string[]> {
  if (value === '*') return '*';
  must(isObject(value), 'a Principal that is neither * nor an object');
  const principal: Record<string, readonly string[]> = {};
  for (const [type, given] of Object.entries(value)) {
    const names = listOf(given);
    must(PRINCIPAL_TYPES.includes(type), `a Principal of a type other than ${PRINCIPAL_TYPES.join(', ')}`);
    must(names.length > 0 && names.every(isText), `a Principal of type ${type} that is not text`);
    must(
      names.every((name) => name === '*' || !/[*?]/.test(name)),
      `a Principal of type ${type} with a wildcard in its name, which IAM does not accept`,
    );
    principal[type] = names;
  }
  must(Object.keys(principal).length > 0, 'a Principal without names');
  return principal;
}

function readConditions(value: unknown, hasVariables: boolean): readonly Condition[] {
  if (value === undefined) return [];
  must(isObject(value), 'a Condition that is not an object');
  const conditions: Condition[] = [];
  for (const [operator, keys] of Object.entries(value)) {
    must(isObject(keys), 'a condition operator without an object of keys and values');
    const names = Object.keys(keys).map((key) => key.toLowerCase());
    must(new Set(names).size === names.length, 'a condition operator with a duplicate key');
    if (names.length === 0) conditions.push({ operator, key: '', values: [], unclear: true });
    for (const [key, given] of Object.entries(keys)) {
      const values = listOf(given);
      must(values.every(isConditionValue), 'a condition value that is not text, a number or a boolean');
      const unclear = !values.every((one) => isClear(one, hasVariables));
      conditions.push({ operator, key, values: values.map(String), ...(unclear && { unclear }) });
    }
  }
  return conditions;
}

/** A number has more than one spelling in JSON, and only the newer version of the policy language has variables. */
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
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
