import type { Session } from '../aws/session.ts';
import { type SessionRequest, targetOf } from '../plan/plan.ts';
import { describeRetry, withRetry } from '../platform/retry.ts';
import { nameOfError } from '../platform/trace.ts';
import type { StsContext } from './context.ts';
import { StsFailure } from './sts-failure.ts';

/**
 * Retries a request as its failures allow, with a line in the log for each retry. The endpoint of the next attempt may be
 * that of a fallback region.
 */
export function withRetries(
  request: SessionRequest,
  context: StsContext,
  once: () => Promise<Session>,
): Promise<Session> {
  return withRetry(once, {
    ...context,
    classify: (error) => (error instanceof StsFailure ? error.failure : 'final'),
    onRetry: (event) => {
      const what = `${event.failure}: ${nameOf(event.error)}`;
      context.log.info(`${request.operation} for ${targetOf(request)}: ${describeRetry(event, what)}`);
    },
  });
}

/** The name of the SDK's error, or our code where it is a plain `Error`. */
function nameOf(error: unknown): string {
  if (!(error instanceof StsFailure)) return 'unknown';
  const { cause, code } = error;
  return cause instanceof Error && cause.name !== 'Error' ? nameOfError(cause) : code;
}
