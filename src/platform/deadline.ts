import type { Clock } from './clock.ts';
import { ActionError } from './errors.ts';
import { nameOfError } from './trace.ts';

/** One limit for the whole action, shared by every request and every wait. */
export interface Deadline {
  /** Aborts when the time is up; its reason is the {@link ActionError} to throw. */
  readonly signal: AbortSignal;
  remainingMs(): number;
  /** The error for work that the deadline ended; `last` is the failure that was being retried, if any. */
  exceeded(last?: unknown): ActionError;
  /** Lets the process end before the deadline. */
  clear(): void;
}

/**
 * Starts a deadline of `seconds` from now; 0 means none, as in the peer.
 *
 * @param cancellation ends the work before that; its reason is the {@link ActionError} to throw
 */
export function startDeadline(seconds: number, clock: Clock, cancellation?: AbortSignal): Deadline {
  const controller = new AbortController();
  const cancelTimer = new AbortController();
  const endsAt = seconds === 0 ? Number.POSITIVE_INFINITY : clock.now() + seconds * 1000;

  const cancel = () => controller.abort(cancellation?.reason);
  if (cancellation?.aborted) cancel();
  cancellation?.addEventListener('abort', cancel, { once: true });

  const exceeded = (last?: unknown) => {
    if (cancellation?.aborted) return cancellation.reason as ActionError;
    return last instanceof ActionError && last.code === 'DEADLINE_EXCEEDED'
      ? last
      : new ActionError('DEADLINE_EXCEEDED', {
          problem: `The action did not finish within action-timeout-s (${seconds} s).`,
          found: lastFailure(last),
          expected: 'GitHub and STS to answer in time',
          remedy:
            "Check that the runner reaches the region's STS endpoint (proxy, firewall, VPC endpoint); raise action-timeout-s if the way there is slow.",
          cause: last,
        });
  };

  if (seconds > 0) {
    clock.sleep(seconds * 1000, cancelTimer.signal).then(
      () => controller.abort(exceeded()),
      () => {},
    );
  }
  return {
    signal: controller.signal,
    remainingMs: () => endsAt - clock.now(),
    exceeded,
    clear: () => {
      cancelTimer.abort();
      cancellation?.removeEventListener('abort', cancel);
    },
  };
}

/** What was being retried. The messages of errors that are not ours can quote an answer. */
function lastFailure(last: unknown): string {
  if (!(last instanceof Error)) return 'a request was still unanswered';
  return `the last failure was: ${last instanceof ActionError ? last.message : nameOfError(last)}`;
}
