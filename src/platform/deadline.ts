import type { Clock } from './clock.ts';
import { ActionError } from './errors.ts';
import { nameOfError } from './trace.ts';

/** One limit for the whole action, shared by every request and every wait. */
export interface Deadline {
  /** Aborts at the deadline; its reason is the {@link ActionError} to throw. */
  readonly signal: AbortSignal;
  remainingMs(): number;
  /** The error for work that the deadline stopped; `last` is the failure that was to be retried, if any. */
  exceeded(last?: unknown): ActionError;
  clear(): void;
}

/**
 * Starts a deadline in `seconds` from now; 0 means no deadline, as in configure-aws-credentials.
 *
 * @param cancellation stops the work earlier; its reason is the {@link ActionError} to throw
 */
export function startDeadline(seconds: number, clock: Clock, cancellation?: AbortSignal): Deadline {
  const controller = new AbortController();
  const timer = new AbortController();
  const endsAt = seconds === 0 ? Number.POSITIVE_INFINITY : clock.now() + seconds * 1000;

  const cancel = () => controller.abort(cancellation?.reason);
  if (cancellation?.aborted) cancel();
  cancellation?.addEventListener('abort', cancel);

  const exceeded = (last?: unknown) => {
    if (cancellation?.aborted) return cancellation.reason as ActionError;
    if (last instanceof ActionError && last.code === 'DEADLINE_EXCEEDED') return last;
    // The message of an error that is not ours can quote a response, so only its name is shown.
    const failure = last instanceof ActionError ? last.message : nameOfError(last);
    const isThrottled = last instanceof ActionError && last.code === 'STS_THROTTLED';
    return new ActionError('DEADLINE_EXCEEDED', {
      problem: `The action did not finish within action-timeout-s (${seconds} s).`,
      found: last instanceof Error ? `the last failure: ${failure}` : 'a request without a response',
      expected: 'responses from GitHub and STS within that time',
      remedy: isThrottled
        ? 'Raise action-timeout-s, or run fewer jobs at the same time that assume roles from this account and region.'
        : "Check that the runner can reach the region's STS endpoint (proxy, firewall, VPC endpoint). Raise action-timeout-s if the network is slow.",
      cause: last,
    });
  };

  if (seconds > 0) {
    clock.sleep(seconds * 1000, timer.signal).then(
      () => controller.abort(exceeded()),
      () => {},
    );
  }
  return {
    signal: controller.signal,
    remainingMs: () => endsAt - clock.now(),
    exceeded,
    clear: () => {
      timer.abort();
      cancellation?.removeEventListener('abort', cancel);
    },
  };
}
