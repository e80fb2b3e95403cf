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
  readonly retries: number;
  /** Seconds from the first denial on, in place of `retries`; 0 for `retries`. */
  readonly waitSeconds: number;
}

/** The number of attempts of a request, including the first. */
export interface AttemptLimit {
  readonly maxAttempts: number;
  /** Whether a throttled request is retried until the deadline, and does not count as an attempt. */
  readonly throttledUntilDeadline?: boolean;
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

interface RetryOptions extends AttemptLimit {
  readonly refusals?: RefusalPolicy;
  readonly classify: (error: unknown) => FailureClass;
  /** Whether `operation` itself waits after it was throttled. */
  readonly waitsWhenThrottled?: boolean;
  readonly deadline: Deadline;
  readonly clock: Clock;
  readonly random: () => number;
  readonly onRetry?: (event: RetryEvent) => void;
}

/** What is left of the attempts and of the time to retry. */
class Budget {
  readonly #options: RetryOptions;
  readonly #throttledUntilDeadline: boolean;
  /** Attempts whose failures have a number of attempts, not a time. */
  #counted = 0;
  #denials = 0;
  #deniedAt = 0;

  constructor(options: RetryOptions) {
    const { throttledUntilDeadline = false, deadline } = options;
    this.#options = options;
    // Without a deadline, throttled requests would be retried for ever.
    this.#throttledUntilDeadline = throttledUntilDeadline && Number.isFinite(deadline.remainingMs());
  }

  /** Counts a failure, and says what is left: attempts, or milliseconds until the last attempt of a denial. */
  spend(failure: RetryableClass): { readonly attempts: number; readonly ms?: number } {
    if (failure === 'propagation') return this.#spendDenial();
    const hasTime = failure === 'throttled' && this.#throttledUntilDeadline;
    return { attempts: hasTime ? Number.POSITIVE_INFINITY : this.#options.maxAttempts - ++this.#counted };
  }

  #spendDenial(): { readonly attempts: number; readonly ms?: number } {
    const { maxAttempts, refusals = DEFAULT_REFUSALS, clock } = this.#options;
    const now = clock.now();
    if (this.#denials++ === 0) this.#deniedAt = now;
    if (refusals.waitSeconds > 0) {
      const ms = this.#deniedAt + refusals.waitSeconds * 1000 - now;
      return { attempts: ms > 0 ? Number.POSITIVE_INFINITY : 0, ms };
    }
    const attempts = maxAttempts - ++this.#counted;
    return { attempts: Math.min(attempts, refusals.retries + 1 - this.#denials) };
  }
}

/**
 * Runs `operation` until it succeeds, its failure is final, or its budget is spent: a number of attempts, for denials a
 * number of seconds, at whose end the last attempt comes, or for throttled requests the time until the deadline. Never
 * sleeps after the last attempt.
 *
 * @throws the last failure; `DEADLINE_EXCEEDED` when the next wait would outlast the deadline
 */
export async function withRetry<T>(operation: () => Promise<T>, options: RetryOptions): Promise<T> {
  const { classify, deadline, clock, random, waitsWhenThrottled } = options;
  const budget = new Budget(options);
  for (let attempt = 1; ; attempt++) {
    try {
      return await operation();
    } catch (error) {
      const failure = classify(error);
      if (failure === 'final') throw error;
      const { attempts, ms: leftMs } = budget.spend(failure);
      if (attempts <= 0) throw error;
      const waits = failure === 'throttled' && waitsWhenThrottled;
      const delayMs = waits ? 0 : Math.min(backoffMs(failure, attempt, random()), leftMs ?? CAP_MS);
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
