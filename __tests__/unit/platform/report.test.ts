import { beforeEach, describe, expect, test } from '@jest/globals';
import { ActionError } from '../../../src/platform/errors.ts';
import { addToSummary, reportFailure, reportWarning } from '../../../src/platform/runner/report.ts';
import type { Runner } from '../../../src/platform/runner/runner.ts';

const ENV = { GITHUB_ACTION_REPOSITORY: 'octo-org/assume', GITHUB_ACTION_REF: 'v1' };

let calls: unknown[][];
let summaryFailure: unknown;
beforeEach(() => {
  calls = [];
  summaryFailure = undefined;
});

const note =
  (name: string) =>
  (...args: readonly unknown[]) =>
    void calls.push([name, ...args]);
const runner = {
  fail: note('fail'),
  warning: note('warning'),
  debug: note('debug'),
  group: note('group'),
  summary: (markdown: string) => {
    if (summaryFailure !== undefined) throw summaryFailure;
    calls.push(['summary', markdown]);
  },
} as unknown as Runner;

const details = { problem: 'There is no folder.', remedy: 'Update the runner.' };
const TEXT = [
  'There is no folder. [RUNNER_FILE_MISSING]',
  '  next:     Update the runner.',
  '  docs:     https://github.com/octo-org/assume/blob/v1/docs/troubleshooting.md#runner_file_missing',
].join('\n');

describe.each([
  ['fail', reportFailure],
  ['warning', reportWarning],
])('an error as %s', (name, report) => {
  test('is an annotation with a link', () => {
    report(new ActionError('RUNNER_FILE_MISSING', details), { runner, env: ENV });
    expect(calls).toEqual([[name, TEXT]]);
  });

  test('has no link where the repository of the action is unknown', () => {
    report(new ActionError('RUNNER_FILE_MISSING', details), { runner, env: {} });
    expect(calls).toEqual([[name, TEXT.slice(0, TEXT.indexOf('\n  docs:'))]]);
  });

  test('that another caused has the origin of that one in a debug line, without its message', () => {
    const cause = Object.assign(new TypeError('secret'), { stack: 'TypeError: secret' });
    report(new ActionError('RUNNER_FILE_MISSING', { ...details, cause }), { runner, env: ENV });
    expect(calls).toEqual([
      ['debug', 'TypeError'],
      [name, TEXT],
    ]);
  });

  test('that is not ours is INTERNAL', () => {
    report(new RangeError('secret'), { runner, env: {} });
    expect(calls.map(([kind]) => kind)).toEqual(['debug', name]);
    expect(String(calls[1]?.[1])).toMatch(
      /^The action failed with an unexpected error \(RangeError\)\. \[INTERNAL\]\n/,
    );
  });

  test('that does not fit is in a group of the log', () => {
    const long = new ActionError('RUNNER_FILE_MISSING', { ...details, found: 'x'.repeat(5000) });
    report(long, { runner, env: ENV });
    expect(calls[0]).toEqual(['group', 'Details of the failure', long.message.split('\n')]);
    expect(calls.map(([kind]) => kind)).toEqual(['group', name]);
  });
});

describe('the job summary', () => {
  test('is written', () => {
    addToSummary('# Sessions', runner);
    expect(calls).toEqual([['summary', '# Sessions']]);
  });

  test.each<[string, unknown, string, string]>([
    ['a full disk', Object.assign(new Error('x'), { code: 'ENOSPC', stack: '' }), 'Error ENOSPC', 'ENOSPC'],
    ['an error without a code', Object.assign(new Error('x'), { stack: '' }), 'Error', 'unknown error'],
    ['a code that is no text', { code: 7 }, 'unknown', 'unknown error'],
    ['nothing', null, 'unknown', 'unknown error'],
  ])('that cannot be written is a warning: %s', (_what, failure, trace, code) => {
    summaryFailure = failure;
    addToSummary('# Sessions', runner);
    expect(calls).toEqual([
      ['debug', trace],
      [
        'warning',
        `The job summary could not be written (GITHUB_STEP_SUMMARY: ${code}). The step continues without it.`,
      ],
    ]);
  });
});
