import { describe, expect, test } from '@jest/globals';
import type { Clock } from '../../../src/platform/clock.ts';
import { startDeadline } from '../../../src/platform/deadline.ts';
import { backoffMs, type FailureClass, type RefusalPolicy, withRetry } from '../../../src/platform/retry.ts';

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
