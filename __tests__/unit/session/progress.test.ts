import { expect, test } from '@jest/globals';
import type { Session } from '../../../src/aws/session.ts';
import { ActionError } from '../../../src/platform/errors.ts';
import type { Log } from '../../../src/platform/runner/runner.ts';
import { reportProgress } from '../../../src/session/progress.ts';
import type { Sts } from '../../../src/sts/sts.ts';

const settled = () => new Promise((resolve) => setImmediate(resolve));
const quiet = () => {};

/** Progress of ten sessions, and a clock that the test moves. */
function progressOfTen() {
  let now = 1_000_000;
  const waiting: { at: number; wake: () => void }[] = [];
  const clock = {
    now: () => now,
    sleep: (milliseconds: number, signal?: AbortSignal) =>
      new Promise<void>((wake, reject) => {
        waiting.push({ at: now + milliseconds, wake });
        signal?.addEventListener('abort', () => reject(signal.reason));
      }),
  };
  const lines: string[] = [];
  const runner: Log = { debug: quiet, info: (line) => lines.push(line), warning: quiet, group: quiet };
  const sts = Promise.resolve({ load: () => ({ underWay: 3, throttled: 2 }) } as Sts);
  const progress = reportProgress(10, sts, { clock, runner });
  const pass = async (milliseconds: number) => {
    await settled();
    now += milliseconds;
    for (const timer of waiting.splice(0)) {
      if (timer.at <= now) timer.wake();
      else waiting.push(timer);
    }
    await settled();
  };
  return { progress, lines, pass };
}

test('a line every five seconds says how far the run is', async () => {
  const { progress, lines, pass } = progressOfTen();
  progress.onOutcome({} as Session);
  await pass(5000);
  progress.onOutcome(new ActionError('STS_ACCESS_DENIED', { problem: '', remedy: '' }));
  await pass(5000);
  expect(lines).toEqual([
    'After 5 s: 1 of 10 sessions done, 3 requested, 2 throttled, 4 waiting.',
    'After 10 s: 2 of 10 sessions done (1 failed), 3 requested, 2 throttled, 3 waiting.',
  ]);
});

test('nothing is said of a faster run, or after its end', async () => {
  const { progress, lines, pass } = progressOfTen();
  await pass(4999);
  progress.stop();
  await pass(5000);
  expect(lines).toEqual([]);
});
