import { describe, expect, test } from '@jest/globals';
import { systemClock } from '../../../src/platform/clock.ts';
import { startDeadline } from '../../../src/platform/deadline.ts';
import { ActionError } from '../../../src/platform/errors.ts';

const CANCELLED = new ActionError('CANCELLED', { problem: 'It was cancelled.', remedy: 'Repeat it.' });

/** A clock whose time the test sets, with the sleeps that have not ended. */
function clockAt(start: number) {
  const sleeps: { milliseconds: number; end: () => void; stopped: boolean }[] = [];
  const clock = {
    time: start,
    now: () => clock.time,
    sleep: (milliseconds: number, signal?: AbortSignal) =>
      new Promise<void>((resolve, reject) => {
        const sleep = { milliseconds, end: resolve, stopped: false };
        sleeps.push(sleep);
        signal?.addEventListener('abort', () => {
          sleep.stopped = true;
          reject(signal.reason);
        });
      }),
  };
  return { clock, sleeps };
}

const later = () => new Promise((resolve) => setImmediate(resolve));

describe('a deadline', () => {
  test('counts the remaining time, and aborts at its end', async () => {
    const { clock, sleeps } = clockAt(1_000);
    const deadline = startDeadline(60, clock);
    expect(deadline.remainingMs()).toBe(60_000);
    clock.time = 41_000;
    expect(deadline.remainingMs()).toBe(20_000);
    expect(sleeps.map(({ milliseconds }) => milliseconds)).toEqual([60_000]);
    await later();
    expect(deadline.signal.aborted).toBe(false);

    sleeps[0]?.end();
    await later();
    expect(deadline.signal.aborted).toBe(true);
    expect(deadline.signal.reason).toMatchObject({
      code: 'DEADLINE_EXCEEDED',
      details: {
        problem: 'The action did not finish within action-timeout-s (60 s).',
        found: 'a request without a response',
      },
    });
  });

  test('of 0 seconds never ends', () => {
    const { clock, sleeps } = clockAt(1_000);
    const deadline = startDeadline(0, clock);
    expect([deadline.remainingMs(), sleeps, deadline.signal.aborted]).toEqual([
      Number.POSITIVE_INFINITY,
      [],
      false,
    ]);
    expect(() => deadline.clear()).not.toThrow();
  });

  test('that is cleared does not abort, and leaves no timer', async () => {
    const cancellation = new AbortController();
    const { clock, sleeps } = clockAt(0);
    const deadline = startDeadline(60, clock, cancellation.signal);
    deadline.clear();
    cancellation.abort(CANCELLED);
    await later();
    expect(sleeps[0]?.stopped).toBe(true);
    expect(deadline.signal.aborted).toBe(false);
  });
});

describe('a cancellation', () => {
  test('aborts before the deadline, with its own reason', () => {
    const cancellation = new AbortController();
    const deadline = startDeadline(60, clockAt(0).clock, cancellation.signal);
    expect(deadline.signal.aborted).toBe(false);
    expect(deadline.exceeded()).toMatchObject({ code: 'DEADLINE_EXCEEDED' });
    cancellation.abort(CANCELLED);
    expect(deadline.signal.reason).toBe(CANCELLED);
    expect(deadline.exceeded(new Error('x'))).toBe(CANCELLED);
  });

  test('that came before aborts at once', () => {
    const deadline = startDeadline(60, clockAt(0).clock, AbortSignal.abort(CANCELLED));
    expect(deadline.signal.reason).toBe(CANCELLED);
  });
});

describe('the error of work that the deadline stopped', () => {
  const deadline = startDeadline(60, clockAt(0).clock);

  const SLOW = /^Check that the runner can reach/;
  const THROTTLED = new ActionError('STS_THROTTLED', { problem: 'It is throttled.', remedy: 'Wait.' });

  test.each<[string, unknown, string, RegExp]>([
    ['nothing', undefined, 'a request without a response', SLOW],
    ['a value that is no error', 'secret', 'a request without a response', SLOW],
    ['an error, without its message', new RangeError('secret'), 'the last failure: RangeError', SLOW],
    ['an error of ours, with its message', CANCELLED, `the last failure: ${CANCELLED.message}`, SLOW],
    ['throttling', THROTTLED, `the last failure: ${THROTTLED.message}`, /or run fewer jobs at the same time/],
  ])('after %s', (_what, last, found, remedy) => {
    const error = deadline.exceeded(last);
    expect(error).toMatchObject({ code: 'DEADLINE_EXCEEDED', cause: last, details: { found } });
    expect(error.details.remedy).toMatch(remedy);
  });

  test('is the one that another deadline has made', () => {
    const first = deadline.exceeded();
    expect(deadline.exceeded(first)).toBe(first);
  });
});

describe('the clock of this machine', () => {
  test('sleeps, or stops with the reason of the signal', async () => {
    await expect(systemClock.sleep(1)).resolves.toBeUndefined();
    await expect(systemClock.sleep(60_000, AbortSignal.abort(CANCELLED))).rejects.toBe(CANCELLED);
    const controller = new AbortController();
    const sleep = systemClock.sleep(60_000, controller.signal);
    controller.abort(CANCELLED);
    await expect(sleep).rejects.toBe(CANCELLED);
  });
});
