import type { Credentials, Session } from '../aws/session.ts';
import { heldCredentials, type Identity } from '../identity/identity.ts';
import type { SessionRequest } from '../plan/plan.ts';
import type { Attempt, StsContext, StsOptions } from './context.ts';
import { withDuration } from './duration.ts';
import { createFailover } from './failover.ts';
import { Gate, type Load } from './gate.ts';
import { withOwner } from './owner.ts';
import { withPlainSecret } from './plain-secret.ts';
import { isThrottled, withCorrections, withRetries } from './retries.ts';
import { sendOnce } from './send-once.ts';
import { ServerClock } from './server-clock.ts';
import { withTagsThatFit } from './tags-that-fit.ts';

export interface Sts {
  /**
   * Obtains one session, with retries. Its secrets are masked before this resolves.
   *
   * @throws ActionError with one of the `STS_…` codes, `DEADLINE_EXCEEDED`, or what the identity throws
   */
  obtain(request: SessionRequest, identity: Identity): Promise<Session>;
  /** The time by the clock of STS, if a request has shown it, in milliseconds since 1970. */
  now(): number;
  /** The requests that have not been answered. */
  load(): Load;
}

export function createSts(options: StsOptions): Sts {
  const failover = createFailover(options.endpoints, options.log);
  const serverClock = new ServerClock(options.clock, options.log);
  const gate = new Gate({ ...options, isThrottled });
  const context = { ...options, failover, serverClock, gate };
  return {
    now: () => serverClock.now(),
    load: () => gate.load(),
    obtain: (request, identity) => obtain(request, identity, context),
  };
}

/** Loads what searches the environment for credentials. Reached through this file, it shares the SDK that is loaded already. */
export const loadDefaultChain = () => import('./default-chain.ts');

/** The stages of one session. Each one uses the stage above it. */
function obtain(request: SessionRequest, identity: Identity, context: StsContext): Promise<Session> {
  const { log, serverClock } = context;
  const retried = (wanted: SessionRequest, clockOffsetMs: number) =>
    withRetries(wanted, context, () => sendOnce(wanted, identity, clockOffsetMs, context));
  const corrected: Attempt = (wanted) =>
    withCorrections(identity, serverClock, (clockOffsetMs) => retried(wanted, clockOffsetMs));
  const timed: Attempt = (wanted) => withDuration(wanted, serverClock, log, corrected);
  const tagged: Attempt = (wanted) => withTagsThatFit(wanted, log, timed);
  const plain: Attempt = (wanted) => (context.plainSecret ? withPlainSecret(wanted, tagged) : tagged(wanted));

  const whoami = (credentials: Credentials, maxAttempts?: number) => {
    const limit = maxAttempts === undefined ? {} : { maxAttempts, throttledUntilDeadline: false };
    return obtain({ operation: 'GetCallerIdentity' }, heldCredentials(credentials), { ...context, ...limit });
  };
  return withOwner(request, log, plain, whoami);
}
