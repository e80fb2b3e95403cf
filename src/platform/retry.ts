import type { Clock } from './clock.ts';
import type { Deadline } from './deadline.ts';

/**
 * What a failure means for another try:
 * *transient*, a fault on the way (connection, 5xx); *throttled*, asked too often; *propagation*, a refusal that
 * a role or trust policy made moments ago explains; *final*, the same answer would come again.
 */
export type FailureClass = 'transient' | 'throttled' | 'propagation' | 'final';

/** How long refusals are tried again: a new role or trust policy needs seconds, a wrong one stays wrong. */
export interface RefusalPolicy {
  /** Tries after the first refusal. */
  readonly retries: number;
  /** Seconds from the first refusal on, in place of `retries`; 0 leaves it to those. */
  readonly waitSeconds: number;
}

export const DEFAULT_REFUSALS: RefusalPolicy = { retries: 2, waitSeconds: 0 };

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
  readonly refusals?: RefusalPolicy;
  readonly classify: (error: unknown) => FailureClass;
  readonly deadline: Deadline;
  readonly clock: Clock;
  readonly random: () => number;
  readonly onRetry?: (event: {
    attempt: number;
    failure: FailureClass;
    delayMs: number;
    error: unknown;
    /** Milliseconds during which a refusal is still tried again; undefined where a number of tries is the limit. */
    leftMs: number | undefined;
  }) => void;
}

/**
 * Runs `operation` until it succeeds, its failure is final, the tries are used up, or the deadline would pass
 * during the next wait. Throws the last failure; never sleeps after the last try. Refusals within `waitSeconds` are not
 * counted as tries, and the last of them comes when the seconds are over.
 */
export async function withRetry<T>(
  operation: (attempt: number) => Promise<T>,
  options: RetryOptions,
): Promise<T> {
  const { retries, waitSeconds } = options.refusals ?? DEFAULT_REFUSALS;
  let refusals = 0;
  let refusedAt: number | undefined;
  for (let attempt = 1; ; attempt++) {
    try {
      return await operation(attempt);
    } catch (error) {
      const failure = options.classify(error);
      if (failure === 'final') throw error;
      const patient = failure === 'propagation' && waitSeconds > 0;
      const now = options.clock.now();
      if (failure === 'propagation') {
        refusals++;
        refusedAt ??= now;
      }
      const leftMs = patient && refusedAt !== undefined ? refusedAt + waitSeconds * 1000 - now : undefined;
      const counted = waitSeconds > 0 ? attempt - refusals : attempt;
      const usedUp = counted >= options.maxAttempts || (failure === 'propagation' && refusals > retries);
      if (leftMs === undefined ? usedUp : leftMs <= 0) throw error;
      const delayMs = Math.min(backoffMs(failure, attempt, options.random()), leftMs ?? CAP_MS);
      if (delayMs >= options.deadline.remainingMs()) throw options.deadline.exceeded(error);
      options.onRetry?.({ attempt, failure, delayMs, error, leftMs });
      await options.clock.sleep(delayMs, options.deadline.signal);
    }
  }
}
