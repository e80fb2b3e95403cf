import { describe, expect, test } from '@jest/globals';
import {
  ActionError,
  asActionError,
  describePart,
  inOneLine,
  systemErrorCode,
} from '../../../src/platform/errors.ts';

const DETAILS = { problem: 'It failed.', remedy: 'Repeat it.' };

describe('an error', () => {
  test('has its code, its facts, and the error that caused it', () => {
    const cause = new Error('x');
    const error = new ActionError('INTERNAL', { ...DETAILS, found: 'a', expected: 'b', likely: 'c', cause });
    expect(error).toMatchObject({ name: 'ActionError', code: 'INTERNAL', cause });
    expect(error.message.split('\n')).toEqual([
      'It failed. [INTERNAL]',
      '  found:    a',
      '  expected: b',
      '  likely:   c',
      '  next:     Repeat it.',
    ]);
  });

  test('has its parts below the problem', () => {
    const about = { name: 'dev', code: 'STS_FAILED' } as const;
    const parts = [{ ...DETAILS, about }, DETAILS];
    expect(new ActionError('PROFILES_FAILED', { ...DETAILS, parts }).message.split('\n')).toEqual([
      'It failed. [PROFILES_FAILED]',
      '  dev: It failed. [STS_FAILED]',
      '    next:     Repeat it.',
      '  It failed.',
      '    next:     Repeat it.',
      '  next:     Repeat it.',
    ]);
    expect(describePart({ ...DETAILS, about }, 'dev, prod')[0]).toBe('  dev, prod: It failed. [STS_FAILED]');
  });

  test.each([
    [DETAILS, 'It failed. Repeat it. [INTERNAL]'],
    [{ ...DETAILS, found: 'a\n  b' }, 'It failed. Found: a b. Repeat it. [INTERNAL]'],
  ])('on one line: %j', (details, line) => {
    expect(inOneLine(new ActionError('INTERNAL', details))).toBe(line);
  });
});

describe('another error becomes INTERNAL, without its message', () => {
  test.each<[unknown, string]>([
    [new RangeError('secret'), 'RangeError'],
    ['secret', 'string'],
    [undefined, 'undefined'],
  ])('%s', (thrown, name) => {
    const error = asActionError(thrown);
    expect(error).toMatchObject({ code: 'INTERNAL', cause: thrown });
    expect(error.details).toMatchObject({
      problem: `The action failed with an unexpected error (${name}).`,
      remedy: expect.stringContaining('RUNNER_DEBUG=1'),
    });
    expect(error.message).not.toContain('secret');
  });

  test('but not one of ours', () => {
    const error = new ActionError('CANCELLED', DETAILS);
    expect(asActionError(error)).toBe(error);
  });
});

test('the code of an error of the operating system', () => {
  expect(systemErrorCode(Object.assign(new Error('x'), { code: 'ENOENT' }))).toBe('ENOENT');
  expect(systemErrorCode(new Error('x'))).toBeUndefined();
});
