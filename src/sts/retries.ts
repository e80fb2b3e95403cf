import type { Session } from '../aws/session.ts';
import type { Identity } from '../identity/identity.ts';
import { type SessionRequest, targetOf } from '../plan/plan.ts';
import { describeRetry, type FailureClass, withRetry } from '../platform/retry.ts';
import { nameOfError } from '../platform/trace.ts';
import type { StsContext } from './context.ts';
import type { ServerClock } from './server-clock.ts';
import { StsFailure } from './sts-failure.ts';

/**
 * Retries a request as its failures allow. Each attempt waits for its turn, and goes to the endpoint that is current then.
 */
export function withRetries(
  request: SessionRequest,
  context: StsContext,
  once: () => Promise<Session>,
): Promise<Session> {
  const { log, gate } = context;
  let wasThrottled = false;
  return withRetry(() => gate.pass(once, wasThrottled), {
    ...context,
    classify: failureClass,
    waitsWhenThrottled: true,
    onRetry: (event) => {
      wasThrottled = event.failure === 'throttled';
      const what = `${event.failure}: ${nameOf(event.error)}`;
      const line = `${request.operation} for ${targetOf(request)}: ${describeRetry(event, what)}`;
      // A fleet has hundreds of them; the gate reports that STS throttles.
      if (wasThrottled) log.debug(line);
      else log.info(line);
    },
  });
}

function failureClass(error: unknown): FailureClass {
  return error instanceof StsFailure ? error.failure : 'final';
}

/** Whether STS rejected a request because there are too many. */
export function isThrottled(error: unknown): boolean {
  return failureClass(error) === 'throttled';
}

/** The name of the SDK's error, or our code where it is a plain `Error`. */
function nameOf(error: unknown): string {
  if (!(error instanceof StsFailure)) return 'unknown';
  const { cause, code } = error;
  return cause instanceof Error && cause.name !== 'Error' ? nameOfError(cause) : code;
}

/**
 * Repeats a request once when its failure names something to correct: the audience of the token, or the time of the
 * signature.
 *
 * @param attempt sends the request with `clockOffsetMs` added to the runner's clock
 */
export async function withCorrections(
  identity: Identity,
  serverClock: ServerClock,
  attempt: (clockOffsetMs: number) => Promise<Session>,
): Promise<Session> {
  const { offsetMs } = serverClock;
  try {
    return await attempt(offsetMs);
  } catch (error) {
    if (!isCorrected(error, identity, serverClock, offsetMs)) throw error;
    return attempt(serverClock.offsetMs);
  }
}

function isCorrected(
  error: unknown,
  identity: Identity,
  serverClock: ServerClock,
  signedWithMs: number,
): boolean {
  if (!(error instanceof StsFailure)) return false;
  if (error.code === 'STS_AUDIENCE_REFUSED' && identity.kind === 'web-identity')
    return identity.tryOtherAudience();
  if (error.code !== 'STS_SIGNATURE_MISMATCH' || error.namedCause?.id !== 'clock') return false;
  // The response that the SDK made an error from.
  const { $response } = error.cause as { $response?: { headers?: Readonly<Record<string, string>> } };
  return serverClock.correct($response?.headers?.date, signedWithMs);
}
