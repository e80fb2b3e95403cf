import type { Session } from '../../aws/session.ts';

/** A session with the time at which it was obtained. */
export interface CachedSession {
  readonly session: Session & { readonly credentials: { readonly expiration: Date } };
  /** Milliseconds since 1970, by the clock of this machine. */
  readonly obtainedAt: number;
  /**
   * Milliseconds from `obtainedAt` for which STS issued the session. The remaining time follows from these two values, as
   * the expiration is a time of another clock.
   */
  readonly durationMs: number;
}

const FRESH_PART = 0.75;

/** A session from further ahead was obtained before the clock was set back, so its age is unknown. */
const MAX_AHEAD_MS = 5_000;

/** A session with less remaining time is useless to the caller. */
const MARGIN_MS = 500;

/** Whether a session can be handed out without a refresh. */
export function isFresh(cached: CachedSession | undefined, now: number): cached is CachedSession {
  if (cached === undefined) return false;
  const age = now - cached.obtainedAt;
  return age >= -MAX_AHEAD_MS && age < cached.durationMs * FRESH_PART;
}

/** Whether a session can be handed out. */
export function isValid(cached: CachedSession | undefined, now: number): cached is CachedSession {
  return remainingMs(cached, now) > 0;
}

/** Milliseconds for which a session can be handed out; 0 or less for none. */
export function remainingMs(cached: CachedSession | undefined, now: number): number {
  if (cached === undefined || now < cached.obtainedAt - MAX_AHEAD_MS) return 0;
  return expiresAt(cached) - MARGIN_MS - now;
}

/** Milliseconds since 1970, by the clock of this machine. */
export function expiresAt({ obtainedAt, durationMs }: CachedSession): number {
  return obtainedAt + durationMs;
}

/** Clocks that differ by less count as the same: `Date` headers have whole seconds, and requests take time. */
const SAME_CLOCK_MS = 5_000;

/** STS API Reference, AssumeRole, DurationSeconds: the minimum. */
const MIN_DURATION_MS = 900_000;

/**
 * A session for the cache.
 *
 * @param now milliseconds since 1970, by the clock of this machine
 * @throws TypeError for a session without an expiration, which no plan with `refresh` has
 */
export function cachedSession(session: Session, now: number): CachedSession {
  const { expiration } = session.credentials;
  if (expiration === undefined) throw new TypeError('a session without an expiration cannot be refreshed');
  const obtainedAt = session.answered?.here ?? now;
  return {
    session: { ...session, credentials: { ...session.credentials, expiration } },
    obtainedAt,
    durationMs: durationOf(session, expiration.getTime(), obtainedAt),
  };
}

/** The milliseconds that STS granted, also where the clock of this machine is wrong. */
function durationOf({ answered }: Session, expiration: number, obtainedAt: number): number {
  const byLocalClock = expiration - obtainedAt;
  // A new session has not expired, so the local clock is wrong, and there is no time of STS to correct it.
  if (answered === undefined) return byLocalClock > 0 ? byLocalClock : MIN_DURATION_MS;
  const byStsClock = expiration - answered.sts;
  const clocksDiffer = Math.abs(answered.here - answered.sts) > SAME_CLOCK_MS;
  return clocksDiffer ? byStsClock - 1_000 : Math.min(byLocalClock, byStsClock);
}
