import { describe, expect, test } from '@jest/globals';
import type { Clock } from '../../../src/platform/clock.ts';
import { startDeadline } from '../../../src/platform/deadline.ts';
import {
  backoffMs,
  describeRetry,
  type FailureClass,
  type RefusalPolicy,
  withRetry,
} from '../../../src/platform/retry.ts';

/** A clock that only its sleeps move; it records them. */
function fakeClock() {
  const slept: number[] = [];
  let now = 0;
  const clock: Clock = {
    now: () => now,
    sleep: async (milliseconds) => {
      slept.push(milliseconds);
      now += milliseconds;
    },
  };
  return { clock, slept };
}

async function failing(
  failure: FailureClass,
  options: {
    maxAttempts?: number;
    seconds?: number;
    refusals?: RefusalPolicy;
    throttledUntilDeadline?: boolean;
    waitsWhenThrottled?: boolean;
  } = {},
) {
  const { clock, slept } = fakeClock();
  const deadline = startDeadline(0, clock);
  const { maxAttempts = 12, seconds = 1e6, ...rest } = options;
  const limited = { ...deadline, remainingMs: () => seconds * 1000 - clock.now() };
  let attempts = 0;
  const error = await withRetry(
    async () => {
      attempts++;
      throw new RangeError('no');
    },
    {
      maxAttempts,
      ...rest,
      classify: () => failure,
      deadline: limited,
      clock,
      random: () => 0.999,
    },
  ).catch((thrown: unknown) => thrown);
  return { attempts, slept, error };
}

describe('the number of attempts', () => {
  test.each([
    ['transient', 12],
    ['throttled', 12],
    ['propagation', 3],
    ['final', 1],
  ] as const)('%s: %i', async (failure, expected) => {
    expect((await failing(failure)).attempts).toBe(expected);
  });

  test('never more than maxAttempts', async () => {
    expect((await failing('transient', { maxAttempts: 1 })).attempts).toBe(1);
    expect((await failing('propagation', { maxAttempts: 2 })).attempts).toBe(2);
  });

  test('a denial: as its policy allows, at most maxAttempts', async () => {
    const refusals = { retries: 5, waitSeconds: 0 };
    expect((await failing('propagation', { refusals })).attempts).toBe(6);
    expect((await failing('propagation', { refusals, maxAttempts: 4 })).attempts).toBe(4);
  });

  test('a denial with a budget of seconds: any number of attempts within the seconds', async () => {
    const { attempts, slept } = await failing('propagation', { refusals: { retries: 2, waitSeconds: 300 } });
    expect(attempts).toBeGreaterThan(12);
    expect(slept.reduce((sum, ms) => sum + ms, 0)).toBeCloseTo(300_000);
    expect(Math.max(...slept)).toBeLessThanOrEqual(8_000);
  });

  test('other failures with a budget of seconds for denials: maxAttempts', async () => {
    const refusals = { retries: 2, waitSeconds: 300 };
    expect((await failing('transient', { refusals, maxAttempts: 3 })).attempts).toBe(3);
  });

  test('throttled until the deadline: any number of attempts, and then the deadline', async () => {
    const { attempts, error } = await failing('throttled', { throttledUntilDeadline: true, seconds: 300 });
    expect(attempts).toBeGreaterThan(20);
    expect(error).toMatchObject({ code: 'DEADLINE_EXCEEDED' });
  });

  test('throttled until a deadline that never comes: maxAttempts', async () => {
    const options = { throttledUntilDeadline: true, seconds: Number.POSITIVE_INFINITY };
    expect((await failing('throttled', options)).attempts).toBe(12);
  });

  test('other failures of a request that is throttled until the deadline: maxAttempts', async () => {
    expect((await failing('transient', { throttledUntilDeadline: true })).attempts).toBe(12);
  });

  test('no sleep after the last attempt', async () => {
    expect((await failing('transient', { maxAttempts: 3 })).slept).toHaveLength(2);
  });

  test('no sleep beyond the deadline; the error names the last failure', async () => {
    const { error, slept } = await failing('throttled', { seconds: 2 });
    expect(error).toMatchObject({
      code: 'DEADLINE_EXCEEDED',
      // Without its message, which could quote a response.
      details: { found: 'the last failure: RangeError' },
    });
    expect(slept.reduce((sum, ms) => sum + ms, 0)).toBeLessThan(2000);
  });
});

describe('the wait', () => {
  test('of a throttled operation that waits by itself is left to it', async () => {
    const { slept } = await failing('throttled', { waitsWhenThrottled: true });
    expect(slept.filter((milliseconds) => milliseconds > 0)).toEqual([]);
    const { slept: others } = await failing('transient', { waitsWhenThrottled: true, maxAttempts: 3 });
    expect(others.map(Math.round)).toEqual([100, 200]);
  });

  test('is exponential with full jitter, up to a cap', () => {
    expect([1, 2, 3].map((attempt) => backoffMs('transient', attempt, 0.5))).toEqual([50, 100, 200]);
    expect(backoffMs('transient', 30, 1)).toBe(8000);
    expect(backoffMs('throttled', 1, 0)).toBe(0);
  });

  test('for denials: both waits together are under a second, and never zero', () => {
    expect(backoffMs('propagation', 1, 1) + backoffMs('propagation', 2, 1)).toBeLessThan(1000);
    expect(backoffMs('propagation', 1, 0)).toBeGreaterThan(0);
  });
});

/** Runs an operation whose attempts fail in these ways, and then succeed; returns the retries. */
async function retries(
  failures: readonly FailureClass[],
  { refusals = { retries: 2, waitSeconds: 0 }, remainingMs = 1e9, maxAttempts = 3, random = 0.5 } = {},
) {
  const { clock } = fakeClock();
  const deadline = { ...startDeadline(0, clock), remainingMs: () => remainingMs };
  const events: Parameters<typeof describeRetry>[0][] = [];
  let attempts = 0;
  const outcome = await withRetry(
    async () => {
      if (failures[attempts++] !== undefined) throw new RangeError(`failure ${attempts}`);
      return 'done';
    },
    {
      maxAttempts,
      refusals,
      classify: () => failures[attempts - 1] ?? 'final',
      deadline,
      clock,
      random: () => random,
      onRetry: (event) => events.push(event),
    },
  ).catch((error: unknown) => error);
  return { outcome, attempts, events };
}

describe('each retry', () => {
  test('is reported before its wait', async () => {
    const { outcome, events } = await retries(['transient', 'throttled']);
    expect(outcome).toBe('done');
    expect(events).toEqual([
      {
        attempt: 1,
        failure: 'transient',
        delayMs: 50,
        error: new RangeError('failure 1'),
        leftMs: undefined,
      },
      {
        attempt: 2,
        failure: 'throttled',
        delayMs: 500,
        error: new RangeError('failure 2'),
        leftMs: undefined,
      },
    ]);
  });

  test('of a denial has the rest of its budget', async () => {
    const refusals = { retries: 2, waitSeconds: 1 };
    const { events } = await retries(['propagation', 'propagation'], { refusals, random: 0 });
    expect(events.map(({ delayMs, leftMs }) => [delayMs, leftMs])).toEqual([
      [125, 1000],
      [250, 875],
    ]);
  });

  test('comes only if its wait ends before the deadline', async () => {
    const failures: FailureClass[] = ['transient'];
    expect((await retries(failures, { remainingMs: 51 })).outcome).toBe('done');
    expect((await retries(failures, { remainingMs: 50 })).outcome).toMatchObject({
      code: 'DEADLINE_EXCEEDED',
    });
  });

  test('after denials with a budget of seconds does not count them', async () => {
    const denials = Array<FailureClass>(5).fill('propagation');
    const refusals = { retries: 2, waitSeconds: 300 };
    const often = Array<FailureClass>(9).fill('transient');
    expect((await retries([...denials, ...often], { refusals })).attempts).toBe(8);
    expect((await retries(['transient', ...denials, ...often], { refusals })).attempts).toBe(8);
  });

  test('after denials without one counts them', async () => {
    const failures: FailureClass[] = ['propagation', 'propagation', 'transient', 'transient'];
    expect((await retries(failures, { maxAttempts: 3 })).attempts).toBe(3);
  });

  test.each([
    [{ delayMs: 79.1, leftMs: undefined }, 'attempt 2 failed (Throttling); retrying in 80 ms.'],
    [
      { delayMs: 80, leftMs: 41_001 },
      'attempt 2 failed (Throttling); retrying in 80 ms, 42 s left of wait-for-role.',
    ],
  ])('in the log: %j', (event, line) => {
    expect(
      describeRetry({ attempt: 2, failure: 'throttled', error: undefined, ...event }, 'Throttling'),
    ).toBe(line);
  });
});
