import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { type Copy, tryMistake, withMistake } from '../../../scripts/mistakes.ts';
import { MISTAKES, type Mistake } from '../../mistakes.ts';

const MISTAKE: Mistake = {
  name: 'adds instead of subtracting',
  file: 'src/a.ts',
  search: 'x - y',
  replace: 'x + y',
  test: 'a.test.ts',
};

test('there are many mistakes, each with its own name', () => {
  expect(new Set(MISTAKES.map(({ name }) => name)).size).toBe(MISTAKES.length);
  expect(MISTAKES.length).toBeGreaterThanOrEqual(60);
});

describe.each(MISTAKES)('the mistake "$name"', (mistake) => {
  test('applies to its file', () => {
    expect(withMistake(readFileSync(mistake.file, 'utf8'), mistake)).toContain(mistake.replace);
  });

  test('names a test file that exists', () => {
    expect(existsSync(mistake.test)).toBe(true);
  });
});

describe('a mistake', () => {
  test('replaces text that the file contains exactly once', () => {
    expect(withMistake('const z = x - y;', MISTAKE)).toBe('const z = x + y;');
    expect(withMistake('const z = y - x;', MISTAKE)).toBeUndefined();
    expect(withMistake('const z = x - y - (x - y);', MISTAKE)).toBeUndefined();
    expect(withMistake('x - y', { ...MISTAKE, replace: '$&' })).toBe('$&');
  });

  const SUBTRACTION = 'const z = x - y;';
  /** A copy with one file. `run` answers for its text. */
  function copyWith(text: string, run: (text: string) => Awaited<ReturnType<Copy['run']>>, builds = true) {
    const state = { text, restored: 0 };
    const copy: Copy = {
      read: async (file) => {
        if (file !== MISTAKE.file) throw new Error('no such file');
        return state.text;
      },
      write: async (_file, changed) => {
        state.text = changed;
      },
      build: async () => builds,
      restore: async () => {
        state.restored++;
      },
      run: async () => run(state.text),
      runUnchanged: async () => run(state.text),
    };
    return { state, copy };
  }
  const failsIfChanged = (text: string) => ({ fails: text !== SUBTRACTION, passed: 1 });
  const neverFails = () => ({ fails: false, passed: 1 });

  test.each([
    ['killed', SUBTRACTION, failsIfChanged, true],
    ['survived', SUBTRACTION, neverFails, true],
    ['no longer applies', 'const z = 0;', failsIfChanged, true],
    ['does not build', SUBTRACTION, failsIfChanged, false],
    ['no test has this name', SUBTRACTION, () => ({ fails: false, passed: 0 }), true],
    ['its test fails without it', SUBTRACTION, () => ({ fails: true, passed: 1 }), true],
  ] as const)('%s', async (outcome, text, run, builds) => {
    const { state, copy } = copyWith(text, run, builds);
    expect(await tryMistake(MISTAKE, copy)).toBe(outcome);
    expect(state.text).toBe(text);
  });

  test('is taken back, and the programs are restored', async () => {
    const { state, copy } = copyWith(SUBTRACTION, failsIfChanged);
    await tryMistake(MISTAKE, copy);
    expect(state).toEqual({ text: SUBTRACTION, restored: 1 });
  });

  test('in a file that no longer exists does not apply', async () => {
    const { copy } = copyWith(SUBTRACTION, failsIfChanged);
    expect(await tryMistake({ ...MISTAKE, file: 'src/b.ts' }, copy)).toBe('no longer applies');
  });
});
