import { describe, expect, test } from '@jest/globals';
import { InputReader, type InputText, inputText } from '../../../src/config/input-reader.ts';
import { type Input, type InputName, inputEntries } from '../../../src/config/inputs.ts';
import { accountIdsIn, masksInInputs, masksInText } from '../../../src/config/masks.ts';
import { ActionError } from '../../../src/platform/errors.ts';

type Inputs = Partial<Record<InputName, string>>;

const textOf =
  (inputs: Inputs): InputText =>
  (name) =>
    inputs[name] ?? '';
const variableOf = (name: InputName) => name.toUpperCase().replaceAll('-', '_');
const having = (test: (input: Input) => unknown) =>
  inputEntries().flatMap(([name, input]) => (test(input) ? [name] : []));

/** The error about `inputs`, which all are read. */
function errorAbout(text: InputText): ActionError {
  const inputs = new InputReader(text);
  for (const [name] of inputEntries()) inputs.get(name);
  try {
    inputs.assertNoProblems();
  } catch (error) {
    if (error instanceof ActionError) return error;
    throw error;
  }
  throw new Error('the inputs are valid');
}

describe('the default of each input', () => {
  test.each(inputEntries().filter(([, input]) => 'default' in input))('%s', (name, input) => {
    const inputs = new InputReader(textOf({}));
    expect(inputs.get(name)).toEqual(input.default);
    expect(inputs.given(name)).toBe(false);
    if (typeof input.default === 'object' || input.default === '') return;
    expect(input.parse(String(input.default))).toEqual({ value: input.default });
  });
});

describe('environment variables', () => {
  test.each(having(({ variable }) => variable))('supply %s, unless the workflow does', (name) => {
    const env = { [variableOf(name)]: 'from the variable' };
    const text = inputText(() => '', env);
    expect(text(name)).toBe('from the variable');
    expect(text.variableFor?.(name)).toBe(variableOf(name));
    const given = inputText((input) => (input === name ? 'from the workflow' : ''), env);
    expect(given(name)).toBe('from the workflow');
    expect(given.variableFor?.(name)).toBeUndefined();
  });

  test.each(having(({ variable }) => !variable))('do not supply %s', (name) => {
    expect(inputText(() => '', { [variableOf(name)]: 'from the variable' })(name)).toBe('');
  });

  test('supply nothing with translate-env-variables: false', () => {
    const env = Object.fromEntries(inputEntries().map(([name]) => [variableOf(name), 'x']));
    const text = inputText((name) => (name === 'translate-env-variables' ? 'false' : ''), env);
    expect(inputEntries().filter(([name]) => text(name) !== '')).toEqual([
      ['translate-env-variables', expect.anything()],
    ]);
  });

  test('are named by the error about the input that they supply', () => {
    const error = errorAbout(inputText(() => '', { ROLE_DURATION_SECONDS: '2h' }));
    expect(error.details).toMatchObject({
      problem: 'The input role-duration-seconds (from the variable ROLE_DURATION_SECONDS) is not valid.',
      found: '2h',
    });
  });
});

describe('masks', () => {
  const ID = '111122223333';

  test('are those of every secret and of every input that names an account', () => {
    expect(having(({ mask }) => mask === 'secret')).toEqual([
      'aws-secret-access-key',
      'aws-session-token',
      'saml-assertion',
      'mfa-code',
      'mfa-totp-secret',
      'github-token',
      'variables',
    ]);
    expect(having(({ mask }) => mask === 'account-ids')).toEqual([
      'role-to-assume',
      'role-chain',
      'role-for-pull-requests',
      'profiles',
      'saml-provider-arn',
      'mfa-serial',
      'inline-session-policy',
      'managed-session-policies',
      'allowed-account-ids',
    ]);
    expect(having(({ mask }) => mask === 'password')).toEqual(['sts-endpoint', 'http-proxy']);
  });

  test.each(having(({ mask }) => mask === 'secret'))('hide all of %s', (name) => {
    expect(masksInInputs(textOf({ [name]: ' a-secret\n' }))).toEqual(['a-secret']);
  });

  test.each(having(({ mask }) => mask === 'account-ids'))('hide the account IDs in %s', (name) => {
    const inputs = { [name]: `arn:aws:iam::${ID}:role/x` };
    expect(masksInInputs(textOf({ ...inputs, 'mask-aws-account-id': 'true' }))).toEqual([ID]);
    expect(masksInInputs(textOf(inputs))).toEqual([]);
  });

  test.each(having(({ mask }) => mask === 'password'))('hide the password in %s', (name) => {
    const masks = masksInInputs(textOf({ [name]: 'http://user:p%40ss@example.com' }));
    expect(masks).toEqual(expect.arrayContaining(['p%40ss', 'p@ss', btoa('user:p@ss')]));
    expect(masksInInputs(textOf({ [name]: 'ftp://user:word@example.com:bad' }))).toEqual(['word']);
    expect(masksInInputs(textOf({ [name]: 'http://example.com' }))).toEqual([]);
  });

  test('hide the access key ID unless mask-aws-access-key-id is false', () => {
    const inputs = { 'aws-access-key-id': 'AKIAIOSFODNN7EXAMPLE' };
    expect(masksInInputs(textOf(inputs))).toEqual(['AKIAIOSFODNN7EXAMPLE']);
    expect(masksInInputs(textOf({ ...inputs, 'mask-aws-access-key-id': 'false' }))).toEqual([]);
    expect(masksInInputs(textOf({ ...inputs, 'mask-aws-access-key-id': 'no' }))).toHaveLength(1);
  });

  test('of account IDs can come from the variable MASK_AWS_ACCOUNT_ID, also for other variables', () => {
    const env = { MASK_AWS_ACCOUNT_ID: 'true', ROLE_TO_ASSUME: `arn:aws:iam::${ID}:role/x` };
    const text = inputText(() => '', env);
    expect(masksInInputs(text)).toEqual([ID]);
    expect(masksInText(text, `role_arn = arn:aws:iam::${ID}:role/x`)).toEqual([ID]);
    expect(masksInText(textOf({}), ID)).toEqual([]);
  });

  test('know account IDs from longer numbers', () => {
    expect(accountIdsIn(`a ${ID},${ID} 1${ID} x${ID}y`)).toEqual([ID]);
  });
});

describe('the error about inputs', () => {
  const WRONG = '\u0001 /:@\u0001 not valid';
  const strict = having(({ parse }) => 'remedy' in parse(WRONG));

  test('names every input that is not valid, once', () => {
    const error = errorAbout(() => WRONG);
    expect(error.details.parts?.map(({ problem }) => problem)).toEqual(
      strict.map((name) => `The input ${name} is not valid.`),
    );
    expect(strict.length).toBeGreaterThan(45);
  });

  const masked = having(({ mask }) => mask === 'secret' || mask === 'access-key-id' || mask === 'password');

  // Any text is valid as github-token.
  test.each(masked.filter((name) => name !== 'github-token'))('does not show %s', (name) => {
    const error = errorAbout(textOf({ [name]: `"user:hunter2@ ${'é'.repeat(9)}` }));
    expect(error.details.problem).toBe(`The input ${name} is not valid.`);
    expect(error.message).not.toContain('hunter2');
    expect(error.details.found).toMatch(/^\d+ characters \(not shown/);
  });

  test('asks a list for at least one value', () => {
    for (const name of ['allowed-account-ids', 'select-profiles', 'sts-fallback-regions'] as const)
      expect(errorAbout(textOf({ [name]: ' ,\n,' })).details.found).toBe(',\\n,');
  });
});
