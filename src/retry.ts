import type { Clock } from './clock.ts';
import type { Deadline } from './deadline.ts';

/**
 * What a failure means for another try:
 * *transient*, a fault on the way (connection, 5xx); *throttled*, asked too often; *propagation*, a refusal that
 * a role or trust policy made moments ago explains; *final*, the same answer would come again.
 */
export type FailureClass = 'transient' | 'throttled' | 'propagation' | 'final';

/** Refusals are tried again this often at most: a new trust policy needs seconds, a wrong one stays wrong. */
export const PROPAGATION_RETRIES = 2;

const BASE_MS: Record<Exclude<FailureClass, 'final'>, number> = {
  transient: 100,
  throttled: 500,
  propagation: 250,
};
const CAP_MS = 8_000;

/**
 * Milliseconds to wait before try number `attempt + 1`: exponential, capped, with full jitter. Refusals keep at
 * least half of the wait, as a retry that comes at once would meet the same old policy.
 *
 * @param random a number from 0 up to 1
 */
export function backoffMs(failure: Exclude<FailureClass, 'final'>, attempt: number, random: number): number {
  const ceiling = Math.min(CAP_MS, BASE_MS[failure] * 2 ** (attempt - 1));
  return failure === 'propagation' ? ceiling * (0.5 + random / 2) : ceiling * random;
}

export interface RetryOptions {
  /** Tries in all, the first included. */
  readonly maxAttempts: number;
  readonly classify: (error: unknown) => FailureClass;
  readonly deadline: Deadline;
  readonly clock: Clock;
  readonly random: () => number;
  readonly onRetry?: (event: {
    attempt: number;
    failure: FailureClass;
    delayMs: number;
    error: unknown;
  }) => void;
}

/**
 * Runs `operation` until it succeeds, its failure is final, the tries are used up, or the deadline would pass
 * during the next wait. Throws the last failure; never sleeps after the last try.
 */
export async function withRetry<T>(
  operation: (attempt: number) => Promise<T>,
  options: RetryOptions,
): Promise<T> {
  let refusals = 0;
  for (let attempt = 1; ; attempt++) {
    try {
      return await operation(attempt);
    } catch (error) {
      const failure = options.classify(error);
      if (failure === 'final' || attempt >= options.maxAttempts) throw error;
      if (failure === 'propagation' && ++refusals > PROPAGATION_RETRIES) throw error;
      const delayMs = backoffMs(failure, attempt, options.random());
      if (delayMs >= options.deadline.remainingMs()) throw options.deadline.exceeded(error);
      options.onRetry?.({ attempt, failure, delayMs, error });
      await options.clock.sleep(delayMs, options.deadline.signal);
    }
  }
}
