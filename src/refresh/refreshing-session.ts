import type { Session } from '../aws/session.ts';
import { ActionError, asActionError, inOneLine } from '../platform/errors.ts';
import { lock } from '../platform/files/lock.ts';
import type { Outside } from '../platform/host/outside.ts';
import { logRefresh } from './refresh-log.ts';
import {
  type CacheEntry,
  cacheFile,
  endOf,
  type HeldSession,
  isLiving,
  isYoung,
  leftToLive,
  readCache,
} from './session-cache.ts';
import { writeCache } from './write-cache.ts';

export interface RefreshOptions {
  /** The folder of the stored plan. */
  readonly folder: string;
  readonly profile: string;
  readonly clock: Outside['clock'];
  /** Seconds that obtaining a session may take when there is none to hand out; 0 for no limit. */
  readonly timeoutSeconds: () => Promise<number>;
  /** Obtains the session of the profile anew, within so many seconds. */
  readonly replay: (limitSeconds: number) => Promise<Session>;
}

/** A session to hand out; `failure` says why it is not a new one, when it should be. */
export interface ServedSession {
  readonly held: HeldSession;
  readonly failure: ActionError | undefined;
}

/** Seconds for a refresh while there is a session to fall back on: whoever asked is waiting. */
const PATIENT_SECONDS = 10;

/** After a failed refresh the next waits a tenth of what is left to live, within these milliseconds. */
const PAUSE_MS = { least: 1_000, most: 30_000 };

/** A refresh that takes longer than its limit by this much is taken for dead. */
const GRACE_MS = 30_000;

/**
 * The session of a profile: the cached one while it is young, else a new one. Processes that ask at the same time cause
 * one refresh; while it is on its way, or after it failed, the cached session is handed out as long as it lives.
 *
 * @throws ActionError why there is no session that lives: what obtaining it threw, or `REFRESH_BUSY`
 */
export async function refreshingSession(options: RefreshOptions): Promise<ServedSession> {
  const { clock, folder, profile } = options;
  const file = cacheFile(folder, profile);
  const askedAt = clock.now();
  const before = await readCache(file);
  if (isYoung(before.held, askedAt)) return { held: before.held, failure: undefined };
  const alive = living(before, askedAt);
  if (alive !== undefined && pausesUntil(before, alive) > askedAt)
    return { held: alive, failure: failureOf(before) };

  const timeoutSeconds = await options.timeoutSeconds();
  const longestMs = (timeoutSeconds || 300) * 1000 + GRACE_MS;
  const patienceMs = alive === undefined ? longestMs : 0;
  const unlock = await lock(`${file}.lock`, clock, { patienceMs, staleMs: longestMs });
  if (unlock === undefined) {
    if (alive !== undefined) return { held: alive, failure: undefined };
    throw new ActionError('REFRESH_BUSY', {
      problem: `Another process has been renewing the session of profile ${profile} for more than ${longestMs / 1000} s.`,
      found: `the lock ${file}.lock`,
      expected: 'a refresh that ends within action-timeout-s',
      remedy: 'Look for a process that hangs, and end it.',
    });
  }
  try {
    const entry = await readCache(file);
    if (isYoung(entry.held, clock.now())) return { held: entry.held, failure: undefined };
    if (entry.failure !== undefined && entry.failure.at >= askedAt) return fallBack(entry, clock.now());
    return await refresh(options, file, entry, timeoutSeconds);
  } finally {
    await unlock();
  }
}

async function refresh(
  options: RefreshOptions,
  file: string,
  { held: last }: CacheEntry,
  timeoutSeconds: number,
): Promise<ServedSession> {
  const { clock, folder, profile, replay } = options;
  const expired = last?.session.credentials.expiration;
  const event = { profile, expired: expired?.toISOString() };
  // The first try leaves time to hand out the last session, the second comes when there is none left to hand out.
  const left = leftToLive(last, clock.now()) / 1000;
  const limits = left > 0 ? [Math.min(PATIENT_SECONDS, left), timeoutSeconds] : [timeoutSeconds];
  let entry: CacheEntry = { held: last, failure: undefined };
  for (const limit of limits) {
    try {
      const held = heldSession(await replay(limit), clock.now());
      await writeCache(file, { held, failure: undefined });
      const expires = held.session.credentials.expiration.toISOString();
      logRefresh(folder, { ...event, at: now(), kind: 'refreshed', expires });
      return { held, failure: undefined };
    } catch (thrown) {
      const { code, details, message } = asActionError(thrown);
      const { cause: _, ...plain } = details;
      entry = { held: last, failure: { at: clock.now(), code, details: plain } };
      await writeCache(file, entry);
      logRefresh(folder, { ...event, at: now(), kind: 'failed', message: message.split('\n')[0] });
      if (living(entry, clock.now()) !== undefined) break;
    }
  }
  return fallBack(entry, clock.now());

  function now(): string {
    return new Date(clock.now()).toISOString();
  }
}

/** Milliseconds. Clocks that differ by less are not told apart: `Date` has whole seconds, and answers take their time. */
const SAME_CLOCK_MS = 5_000;

/** The shortest session that STS grants. */
const LEAST_LIFE_MS = 900_000;

/** A session for the cache; one that does not end needs none of this. */
export function heldSession(session: Session, now: number): HeldSession {
  const { expiration } = session.credentials;
  if (expiration === undefined) throw new TypeError('a session without an end is not to be refreshed');
  const obtainedAt = session.answered?.here ?? now;
  return {
    session: { ...session, credentials: { ...session.credentials, expiration } },
    obtainedAt,
    lifeMs: lifeOf(session, expiration.getTime(), obtainedAt),
  };
}

/** For how many milliseconds STS granted a session, whatever time this machine takes it to be. */
function lifeOf({ answered }: Session, expiration: number, obtainedAt: number): number {
  const byOurClock = expiration - obtainedAt;
  // No session is over when it comes, so the clock is wrong; by how much nobody said.
  if (answered === undefined) return byOurClock > 0 ? byOurClock : LEAST_LIFE_MS;
  const byTheirs = expiration - answered.sts;
  const differs = Math.abs(answered.here - answered.sts) > SAME_CLOCK_MS;
  return differs ? byTheirs - 1_000 : Math.min(byOurClock, byTheirs);
}

/** What there is after a failed refresh: the last session if it lives, else the failure. */
function fallBack(entry: CacheEntry, now: number): ServedSession {
  const alive = living(entry, now);
  const failure = failureOf(entry);
  if (alive === undefined) throw failure ?? new TypeError('neither a session nor a failure');
  return { held: alive, failure };
}

function living({ held }: CacheEntry, now: number): HeldSession | undefined {
  return isLiving(held, now) ? held : undefined;
}

function failureOf({ failure }: CacheEntry): ActionError | undefined {
  return failure === undefined ? undefined : new ActionError(failure.code, failure.details);
}

function pausesUntil({ failure }: CacheEntry, held: HeldSession): number {
  if (failure === undefined) return 0;
  const left = endOf(held) - failure.at;
  return failure.at + Math.max(PAUSE_MS.least, Math.min(PAUSE_MS.most, left / 10));
}

/** What to say of a session that is not the new one it should be. */
export function describeFallback({ held, failure }: ServedSession): string | undefined {
  if (failure === undefined) return undefined;
  const until = held.session.credentials.expiration.toISOString();
  return `The session could not be renewed; the last one goes on until ${until}. ${inOneLine(failure)}`;
}
