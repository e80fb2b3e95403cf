import type { Clock } from './clock.ts';
import type { Deadline } from './deadline.ts';

/**
 * What a failure means for another attempt:
 * *transient*, a network or server fault; *throttled*, too many requests; *propagation*, a denial that a new role or
 * trust policy explains until all of AWS knows it; *final*, another attempt would fail in the same way.
 */
export type FailureClass = 'transient' | 'throttled' | 'propagation' | 'final';

type RetryableClass = Exclude<FailureClass, 'final'>;

/** How long denials are retried: a new role or trust policy needs seconds, a wrong one stays wrong. */
export interface RefusalPolicy {
  /** Retries after the first denial. */
  readonly retries: number;
  /** Seconds from the first denial on, in place of `retries`; 0 for `retries`. */
  readonly waitSeconds: number;
}

export const DEFAULT_REFUSALS: RefusalPolicy = { retries: 2, waitSeconds: 0 };

const BASE_MS: Record<RetryableClass, number> = { transient: 100, throttled: 500, propagation: 250 };
const CAP_MS = 8_000;

/**
 * Milliseconds to wait after attempt number `attempt`: exponential, capped, with full jitter. Denials keep at least
 * half of the wait, since an immediate retry would meet the same old policy.
 *
 * @param random a number from 0 up to 1
 */
export function backoffMs(failure: RetryableClass, attempt: number, random: number): number {
  const ceiling = Math.min(CAP_MS, BASE_MS[failure] * 2 ** (attempt - 1));
  return failure === 'propagation' ? ceiling * (0.5 + random / 2) : ceiling * random;
}

interface RetryEvent {
  readonly attempt: number;
  readonly failure: FailureClass;
  readonly error: unknown;
  readonly delayMs: number;
  /** Milliseconds that remain to retry a denial; undefined where the number of attempts is the limit. */
  readonly leftMs: number | undefined;
}

interface RetryOptions {
  readonly maxAttempts: number;
  readonly refusals?: RefusalPolicy;
  readonly classify: (error: unknown) => FailureClass;
  readonly deadline: Deadline;
  readonly clock: Clock;
  readonly random: () => number;
  readonly onRetry?: (event: RetryEvent) => void;
}

/**
 * Runs `operation` until it succeeds, its failure is final, or its budget is spent: a number of attempts, or for denials
 * a number of seconds, at whose end the last attempt comes. Never sleeps after the last attempt.
 *
 * @throws the last failure; `DEADLINE_EXCEEDED` when the next wait would outlast the deadline
 */
export async function withRetry<T>(operation: () => Promise<T>, options: RetryOptions): Promise<T> {
  const { maxAttempts, refusals = DEFAULT_REFUSALS, classify, deadline, clock, random } = options;
  const waitMs = refusals.waitSeconds * 1000;
  let denials = 0;
  let deniedAt = 0;
  for (let attempt = 1; ; attempt++) {
    try {
      return await operation();
    } catch (error) {
      const failure = classify(error);
      if (failure === 'final') throw error;
      const isDenial = failure === 'propagation';
      const now = clock.now();
      if (isDenial && denials++ === 0) deniedAt = now;
      const leftMs = isDenial && waitMs > 0 ? deniedAt + waitMs - now : undefined;
      // Denials with a budget of seconds do not count as attempts.
      const left = maxAttempts - (waitMs > 0 ? attempt - denials : attempt);
      const retriesLeft = isDenial ? Math.min(left, refusals.retries + 1 - denials) : left;
      if ((leftMs ?? retriesLeft) <= 0) throw error;
      const delayMs = Math.min(backoffMs(failure, attempt, random()), leftMs ?? CAP_MS);
      if (delayMs >= deadline.remainingMs()) throw deadline.exceeded(error);
      options.onRetry?.({ attempt, failure, delayMs, error, leftMs });
      await clock.sleep(delayMs, deadline.signal);
    }
  }
}

/** A retry for the log: "attempt 1 failed (…); retrying in 80 ms." */
export function describeRetry({ attempt, delayMs, leftMs }: RetryEvent, reason: string): string {
  const left = leftMs === undefined ? '' : `, ${Math.ceil(leftMs / 1000)} s left of wait-for-role`;
  return `attempt ${attempt} failed (${reason}); retrying in ${Math.ceil(delayMs)} ms${left}.`;
}
