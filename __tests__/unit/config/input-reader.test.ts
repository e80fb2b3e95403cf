import { describe, expect, test } from '@jest/globals';
import { InputReader, inputText, quote } from '../../../src/config/input-reader.ts';
import { type Action, inputEntries, isInputOf } from '../../../src/config/inputs.ts';
import { masksInText } from '../../../src/config/masks.ts';
import { defaultSessionName } from '../../../src/config/session-config.ts';
import { partsOf, problemsIn, readerOf, textOf } from './problems.ts';

describe('an input', () => {
  test('of white space only is not given', () => {
    const reader = readerOf({ 'role-session-name': ' \n' });
    expect(reader.given('role-session-name')).toBe(false);
    expect(reader.get('role-session-name')).toBeUndefined();
    expect(readerOf({ 'role-session-name': ' x' }).given('role-session-name')).toBe(true);
  });

  test('with a problem has its default, and one problem however often it is read', () => {
    const reader = readerOf({ 'max-parallel': 'many' });
    expect(reader.get('max-parallel')).toBe(100);
    expect(reader.get('max-parallel')).toBe(100);
    expect(problemsIn(reader)).toEqual(['max-parallel: many']);
  });

  test('that is required is reported when it is missing', () => {
    const reader = readerOf({ audience: 'x' });
    const missing = { expected: 'a value', remedy: 'Add it.' };
    expect(reader.required('audience', missing)).toBe('x');
    expect(reader.required('run', missing)).toBeUndefined();
    expect(partsOf(() => reader.assertNoProblems())).toEqual([
      { problem: 'The input run is not valid.', found: 'nothing', ...missing },
    ]);
  });

  test('is invalid if it has a problem of its own', () => {
    const reader = readerOf({ auth: 'x' });
    reader.get('auth');
    expect(reader.isInvalid('auth')).toBe(true);
    expect(reader.isInvalid('audience')).toBe(false);
  });
});

test('the rest are the inputs of the action main, without those that only a variable supplies', () => {
  const wrong = (name: string) => (['dry-run', 'auth', 'live', 'shell'].includes(name) ? 'x' : '');
  const reader = new InputReader(inputText(wrong, { DISABLE_RETRY: 'x' }));
  reader.readRest();
  expect(problemsIn(reader)).toEqual(['auth: x', 'dry-run: x']);
});

describe('each action has inputs of its own', () => {
  test.each<[Action, string[]]>([
    ['exec', ['run', 'shell']],
    ['audit', ['workflows', 'policies', 'live', 'repository']],
  ])('%s: %j', (action, names) => {
    const own = inputEntries().filter(([name]) => isInputOf(name, action) && !isInputOf(name, 'main'));
    expect(own.map(([name]) => name).slice(0, 4)).toEqual(names);
  });

  test('those that name no action belong to main and exec', () => {
    expect(
      (['main', 'exec', 'matrix', 'audit'] as const).filter((action) =>
        isInputOf('allowed-account-ids', action),
      ),
    ).toEqual(['main', 'exec']);
  });
});

describe('variables', () => {
  const supplied = (translate: string) =>
    inputText((name) => (name === 'translate-env-variables' ? translate : ''), { AUDIENCE: 'x' })('audience');

  test.each([
    ['', 'x'],
    ['true', 'x'],
    [' False\n', ''],
    ['no', 'x'],
  ])('with translate-env-variables %j supply %j', (translate, expected) => {
    expect(supplied(translate)).toBe(expected);
  });

  test('that are empty supply nothing', () => {
    const text = inputText(() => '', { AUDIENCE: '' });
    expect([text('audience'), text.variableFor?.('audience')]).toEqual(['', undefined]);
  });
});

describe('a quoted text', () => {
  test.each([
    ['a b', 'a b'],
    ['a\n\r\tb', 'a\\n\\r\\tb'],
    ['\u0007\u200b\u2028\ue000', '\\u{7}\\u{200b}\\u{2028}\ue000'],
    ['\u{e0001}', '\\u{e0001}'],
    ['\ud800', '\\u{d800}'],
    ['x'.repeat(120), 'x'.repeat(120)],
    ['x'.repeat(121), `${'x'.repeat(120)}… (121 characters)`],
  ])('%j is %s', (text, expected) => {
    expect(quote(text)).toBe(expected);
  });
});

test('a file that is not there has no account IDs', () => {
  expect(masksInText(textOf({ 'mask-aws-account-id': 'true' }), undefined)).toEqual([]);
});

test('a session name has at most 64 characters, even of the run alone', () => {
  expect(defaultSessionName({ repository: 'octo/app', runId: '1'.repeat(70) })).toBe('1'.repeat(64));
});
