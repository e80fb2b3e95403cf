import type { Session } from '../aws/session.ts';
import type { Identity } from '../identity/identity.ts';
import type { ServerClock } from './server-clock.ts';
import { StsFailure } from './sts-failure.ts';

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
    const corrected = correctAudience(error, identity) || correctClock(error, serverClock, offsetMs);
    if (!corrected) throw error;
    return attempt(serverClock.offsetMs);
  }
}

function correctAudience(error: unknown, identity: Identity): boolean {
  const rejected = error instanceof StsFailure && error.code === 'STS_AUDIENCE_REFUSED';
  return rejected && identity.kind === 'web-identity' && identity.tryOtherAudience();
}

function correctClock(error: unknown, serverClock: ServerClock, signedWithMs: number): boolean {
  if (!(error instanceof StsFailure) || error.code !== 'STS_SIGNATURE_MISMATCH') return false;
  return error.namedCause?.id === 'clock' && serverClock.correct(dateOf(error.cause), signedWithMs);
}

/** The `Date` header of the response that the SDK made an error from. */
function dateOf(error: unknown): string | undefined {
  const { $response } = error as { $response?: { headers?: Readonly<Record<string, string>> } };
  return $response?.headers?.date;
}
