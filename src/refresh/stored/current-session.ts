import type { Session } from '../../aws/session.ts';
import type { Clock } from '../../platform/clock.ts';
import { ActionError, asActionError, inOneLine } from '../../platform/errors.ts';
import { lock } from '../../platform/files/lock.ts';
import {
  type CachedSession,
  cachedSession,
  expiresAt,
  isFresh,
  isValid,
  remainingMs,
} from './cached-session.ts';
import { logRefresh, type RefreshOutcome } from './refresh-log.ts';
import { type CacheEntry, cacheFile, readCache, writeCache } from './session-cache.ts';

export interface CurrentSessionOptions {
  readonly folder: string;
  readonly profile: string;
  readonly clock: Clock;
  /** Seconds for a refresh when there is no valid session to hand out; 0 for no limit. */
  readonly timeoutSeconds: () => Promise<number>;
  /** Obtains the session of the profile again, within a limit in seconds. */
  readonly replay: (limitSeconds: number) => Promise<Session>;
}

export interface CurrentSession {
  readonly cached: CachedSession;
  readonly failure: ActionError | undefined;
}

/** Seconds for a refresh while there is a valid session to fall back on, as the caller is waiting. */
const FALLBACK_LIMIT_SECONDS = 10;

/** After a failed refresh, the next attempt waits for a tenth of the remaining time, within these limits. */
const PAUSE_MS = { min: 1_000, max: 30_000 };

/** A refresh that exceeds its limit by this much has hung. */
const GRACE_MS = 30_000;

/** The limit, in seconds, for taking over the lock of a refresh that has none. */
const UNLIMITED_SECONDS = 300;

/**
 * The session of a profile: the cached one while it is fresh, then a new one. Concurrent processes cause one refresh. While
 * it is under way, or after it failed, the cached session is handed out as long as it is valid.
 *
 * @throws ActionError why there is no valid session: what obtaining it threw, or `REFRESH_BUSY`
 */
export async function currentSession(options: CurrentSessionOptions): Promise<CurrentSession> {
  const { clock, folder, profile } = options;
  const file = cacheFile(folder, profile);
  const startedAt = clock.now();
  const before = readCache(file);
  if (isFresh(before.cached, startedAt)) return { cached: before.cached, failure: undefined };
  const fallback = isValid(before.cached, startedAt) ? before.cached : undefined;
  if (fallback !== undefined && before.failure !== undefined) {
    const pause = (expiresAt(fallback) - before.failure.at) / 10;
    const nextAttemptAt = before.failure.at + Math.max(PAUSE_MS.min, Math.min(PAUSE_MS.max, pause));
    if (nextAttemptAt > startedAt) return { cached: fallback, failure: failureOf(before) };
  }

  const timeoutSeconds = await options.timeoutSeconds();
  const staleMs = staleAfterMs(timeoutSeconds);
  const patienceMs = fallback === undefined ? staleMs : 0;
  const unlock = await lock(`${file}.lock`, clock, { patienceMs, staleMs });
  if (unlock === undefined) {
    if (fallback !== undefined) return { cached: fallback, failure: undefined };
    throw new ActionError('REFRESH_BUSY', {
      problem: `Another process has been refreshing profile ${profile} for more than ${staleMs / 1000} s.`,
      found: `the lock ${file}.lock`,
      expected: 'a refresh that finishes within action-timeout-s',
      remedy: 'Find the process that hangs, and end it.',
    });
  }
  try {
    const entry = readCache(file);
    if (isFresh(entry.cached, clock.now())) return { cached: entry.cached, failure: undefined };
    // The process that held the lock has just failed; another attempt would fail, too.
    if (entry.failure !== undefined && entry.failure.at >= startedAt) return fallBack(entry, clock.now());
    return await refresh(options, file, entry, timeoutSeconds);
  } finally {
    await unlock();
  }
}

/** Milliseconds after which a refresh with this limit has hung, or its process was suspended. */
function staleAfterMs(timeoutSeconds: number): number {
  return (timeoutSeconds || UNLIMITED_SECONDS) * 1000 + GRACE_MS;
}

async function refresh(
  { clock, folder, profile, replay }: CurrentSessionOptions,
  file: string,
  before: CacheEntry,
  timeoutSeconds: number,
): Promise<CurrentSession> {
  const previous = before.cached;
  let failures = before.failure?.count ?? 0;
  const expired = previous?.session.credentials.expiration.toISOString();
  const log = (outcome: RefreshOutcome) =>
    logRefresh(folder, { at: new Date(clock.now()).toISOString(), profile, expired, failures, ...outcome });
  // The first attempt leaves time to hand out the previous session. The second follows when that has expired meanwhile.
  const left = remainingMs(previous, clock.now()) / 1000;
  const limits = left > 0 ? [Math.min(FALLBACK_LIMIT_SECONDS, left), timeoutSeconds] : [timeoutSeconds];
  let entry: CacheEntry = { cached: previous, failure: undefined };
  for (let limit = limits.shift(); limit !== undefined; limit = limits.shift()) {
    const startedAt = clock.now();
    const outcome = await replay(limit)
      .then((session) => cachedSession(session, clock.now()))
      .catch(asActionError);
    const wasSuspended = clock.now() - startedAt > staleAfterMs(timeoutSeconds);
    if (wasSuspended) {
      // Another process may have taken over the lock. What this one has obtained so far may have expired.
      const { cached } = readCache(file);
      if (isFresh(cached, clock.now())) return { cached, failure: undefined };
      if (limits.length === 0) limits.push(timeoutSeconds);
    }
    if (outcome instanceof ActionError) {
      const { code, details, message } = outcome;
      const { cause: _, ...storable } = details;
      failures++;
      entry = { cached: previous, failure: { at: clock.now(), count: failures, code, details: storable } };
      await writeCache(file, entry);
      log({ kind: 'failed', message: message.split('\n')[0] ?? '' });
      if (isValid(previous, clock.now())) break;
    } else if (!wasSuspended || isValid(outcome, clock.now())) {
      await writeCache(file, { cached: outcome, failure: undefined });
      log({ kind: 'refreshed', expires: outcome.session.credentials.expiration.toISOString() });
      return { cached: outcome, failure: undefined };
    }
  }
  return fallBack(entry, clock.now());
}

/** The previous session after a failed refresh, if it is still valid; otherwise throws the failure. */
function fallBack(entry: CacheEntry, now: number): CurrentSession {
  const failure = failureOf(entry);
  if (isValid(entry.cached, now)) return { cached: entry.cached, failure };
  throw failure ?? new TypeError('neither a session nor a failure');
}

function failureOf({ failure }: CacheEntry): ActionError | undefined {
  return failure === undefined ? undefined : new ActionError(failure.code, failure.details);
}

/** A line about a session that should have been refreshed; undefined for any other. */
export function describeFallback({ cached, failure }: CurrentSession): string | undefined {
  if (failure === undefined) return undefined;
  const until = cached.session.credentials.expiration.toISOString();
  return `The session could not be refreshed; the previous session is valid until ${until}. ${inOneLine(failure)}`;
}
