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

/** The failures of one operation so far; `deniedAt` is the time of the first denial, in milliseconds since 1970. */
interface Failures {
  readonly attempts: number;
  readonly denials: number;
  readonly deniedAt: number | undefined;
}

function withFailure(
  { attempts, denials, deniedAt }: Failures,
  failure: FailureClass,
  now: number,
): Failures {
  if (failure !== 'propagation') return { attempts: attempts + 1, denials, deniedAt };
  return { attempts: attempts + 1, denials: denials + 1, deniedAt: deniedAt ?? now };
}

interface Budget {
  /** Attempts in all, including the first. */
  readonly maxAttempts: number;
  readonly refusals?: RefusalPolicy;
}

/** The number of attempts that remain. Denials with a budget of seconds do not count. */
function attemptsLeft(failure: FailureClass, { attempts, denials }: Failures, budget: Budget): number {
  const { retries, waitSeconds } = budget.refusals ?? DEFAULT_REFUSALS;
  const left = budget.maxAttempts - (waitSeconds > 0 ? attempts - denials : attempts);
  return failure === 'propagation' ? Math.min(left, retries + 1 - denials) : left;
}

/** The milliseconds that remain to retry a denial; undefined where the number of attempts is the limit. */
function millisecondsLeft(failure: FailureClass, { deniedAt }: Failures, budget: Budget, now: number) {
  const { waitSeconds } = budget.refusals ?? DEFAULT_REFUSALS;
  if (failure !== 'propagation' || waitSeconds === 0 || deniedAt === undefined) return undefined;
  return deniedAt + waitSeconds * 1000 - now;
}

/** A failed attempt before a retry. */
interface RetryEvent {
  readonly attempt: number;
  readonly failure: FailureClass;
  readonly error: unknown;
  readonly delayMs: number;
  /** Milliseconds that remain to retry a denial; undefined where the number of attempts is the limit. */
  readonly leftMs: number | undefined;
}

interface RetryOptions extends Budget {
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
  const { clock, deadline } = options;
  let failures: Failures = { attempts: 0, denials: 0, deniedAt: undefined };
  for (;;) {
    try {
      return await operation();
    } catch (error) {
      const failure = options.classify(error);
      if (failure === 'final') throw error;
      const now = clock.now();
      failures = withFailure(failures, failure, now);
      const leftMs = millisecondsLeft(failure, failures, options, now);
      if ((leftMs ?? attemptsLeft(failure, failures, options)) <= 0) throw error;
      const attempt = failures.attempts;
      const delayMs = Math.min(backoffMs(failure, attempt, options.random()), leftMs ?? CAP_MS);
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
