import { parseJson } from '../platform/json.ts';
import { matching, type Parser } from './text-parsers.ts';

export const repository = matching(
  /^[\w.-]+\/[\w.-]+$/,
  'a repository as OWNER/NAME',
  'Write owner and name, such as octo-org/octo-app.',
);

export const id = matching(/^\d{1,20}$/, 'a number', "Use the ID that GitHub's API returns.");

/** Values of `vars`, `secrets` and the like by name. */
export interface AuditVariables {
  readonly vars?: Readonly<Record<string, string>>;
  readonly secrets?: Readonly<Record<string, string>>;
  readonly inputs?: Readonly<Record<string, string | number | boolean>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly environments?: Readonly<Record<string, Pick<AuditVariables, 'vars' | 'secrets'>>>;
}

const CONTEXTS = ['vars', 'secrets', 'inputs', 'env'];

/** A JSON object of objects of texts. */
export const variables: Parser<AuditVariables> = (json) => {
  const value = parseJson(json);
  const rejected = {
    expected: 'a JSON object with vars, secrets, inputs, env and environments, whose values are text',
    remedy: 'Write an object such as {"vars": {"ROLE": "arn:aws:iam::111111111111:role/deploy"}}.',
  };
  if (!isObject(value)) return rejected;
  const { environments = {}, ...contexts } = value;
  const isValid =
    isObject(environments) &&
    hasContexts(contexts, CONTEXTS) &&
    Object.values(environments).every((one) => isObject(one) && hasContexts(one, ['vars', 'secrets']));
  return isValid ? { value: value as AuditVariables } : rejected;
};

function hasContexts(value: Readonly<Record<string, unknown>>, names: readonly string[]): boolean {
  return Object.entries(value).every(
    ([name, values]) =>
      names.includes(name) &&
      isObject(values) &&
      Object.values(values).every((one) => ['string', 'number', 'boolean'].includes(typeof one)),
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
