import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Outside } from '../../platform/host/outside.ts';
import { type CachedSession, isFresh, isValid } from '../stored/cached-session.ts';
import { currentSession } from '../stored/current-session.ts';
import { quietReporter, replayPlan } from '../stored/replay-plan.ts';
import { readPlan } from '../stored/stored-plan.ts';
import { profilePath, type SessionSource } from './broker-server.ts';

/** The sessions that a broker serves: those of the step that started it, and those of steps that joined later. */
export class ServedSessions implements SessionSource {
  readonly #outside: Outside;
  readonly #byPath = new Map<
    string,
    { readonly planFile: string; readonly session: () => Promise<CachedSession> }
  >();

  constructor(outside: Outside) {
    this.#outside = outside;
  }

  /**
   * Serves the profiles of a stored plan at paths below `base`.
   *
   * @throws ActionError `REFRESH_PLAN_UNUSABLE`
   */
  async join(planFile: string, base = `/${crypto.randomUUID()}`): Promise<string> {
    const stored = await readPlan(planFile);
    for (const { profile } of stored.plan.delivered) {
      const session = servedSession(this.#outside, async () => {
        const { cached } = await currentSession({
          folder: path.dirname(planFile),
          profile: profile.name,
          clock: this.#outside.clock,
          timeoutSeconds: async () => stored.timeoutSeconds,
          replay: (limitSeconds) =>
            replayPlan({ stored, profile: profile.name, limitSeconds }, this.#outside, quietReporter()),
        });
        return cached;
      });
      this.#byPath.set(base + profilePath(profile.name), { planFile, session });
    }
    return base;
  }

  /** The paths with a session. Sessions whose plan has been removed are forgotten. */
  paths(): readonly string[] {
    const plans = new Set([...this.#byPath.values()].map(({ planFile }) => planFile));
    const removed = [...plans].filter((file) => !existsSync(file));
    for (const [at, { planFile }] of this.#byPath) if (removed.includes(planFile)) this.#byPath.delete(at);
    return [...this.#byPath.keys()];
  }

  /** @throws ActionError why the last refresh failed */
  async get(at: string): Promise<CachedSession> {
    const served = this.#byPath.get(at);
    if (served === undefined) throw new TypeError(`nothing is served at ${at}`);
    return served.session();
  }
}

/** Milliseconds from a failed refresh to the next attempt. */
const RETRY_MS = 5_000;

/**
 * One session in the memory of the broker. Returns a valid session at once, also when its refresh is due: SDKs wait one or
 * two seconds for an endpoint. Without a valid session the caller waits for the refresh.
 *
 * @param load reads or refreshes the session on disk
 * @returns a function that throws why the last refresh failed
 */
export function servedSession(
  { clock }: Pick<Outside, 'clock'>,
  load: () => Promise<CachedSession>,
): () => Promise<CachedSession> {
  let last: CachedSession | undefined;
  let failure: { readonly at: number; readonly error: unknown } | undefined;
  let pending: Promise<CachedSession> | undefined;
  const update = async () => {
    try {
      last = await load();
      failure = undefined;
      return last;
    } catch (error) {
      failure = { at: clock.now(), error };
      throw error;
    } finally {
      pending = undefined;
    }
  };
  /** Concurrent callers share one refresh. */
  const refresh = () => {
    pending ??= update();
    return pending;
  };
  return async () => {
    const [session, failed] = [last, failure];
    if (isFresh(session, clock.now())) return session;
    const isDue = failed === undefined || clock.now() - failed.at >= RETRY_MS;
    if (isDue) refresh().catch(() => {});
    if (isValid(session, clock.now())) return session;
    if (failed !== undefined) throw failed.error;
    const refreshed = await refresh();
    // The one that was under way may have fallen back on a session that has expired since.
    return isValid(refreshed, clock.now()) ? refreshed : refresh();
  };
}
