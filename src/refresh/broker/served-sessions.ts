import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Outside } from '../../platform/host/outside.ts';
import { type CachedSession, isFresh, isValid } from '../stored/cached-session.ts';
import { currentSession } from '../stored/current-session.ts';
import { quietReporter } from '../stored/quiet-reporter.ts';
import { replayPlan } from '../stored/replay-plan.ts';
import { readPlan, type StoredPlan } from '../stored/stored-plan.ts';
import { profilePath } from './broker-server.ts';

/** The sessions that a broker serves, by path: those of the step that started it, and of steps that joined later. */
export class ServedSessions {
  readonly #outside: Outside;
  readonly #byPath = new Map<string, ServedSession>();

  constructor(outside: Outside) {
    this.#outside = outside;
  }

  /**
   * Serves all profiles of a stored plan below `base`.
   *
   * @throws ActionError `REFRESH_PLAN_UNUSABLE`
   */
  async add(planFile: string, base: string): Promise<void> {
    const stored = await readPlan(planFile);
    for (const { profile } of stored.plan.delivered) {
      const session = new ServedSession(planFile, stored, profile.name, this.#outside);
      this.#byPath.set(base + profilePath(profile.name), session);
    }
  }

  /** The paths with a session. Sessions whose plan has been removed are forgotten. */
  paths(): readonly string[] {
    const plans = new Set([...this.#byPath.values()].map(({ planFile }) => planFile));
    for (const file of plans) {
      if (existsSync(file)) continue;
      for (const [at, { planFile }] of this.#byPath) if (planFile === file) this.#byPath.delete(at);
    }
    return [...this.#byPath.keys()];
  }

  /** @throws ActionError as {@link ServedSession.get} */
  async get(at: string): Promise<CachedSession> {
    const session = this.#byPath.get(at);
    if (session === undefined) throw new TypeError(`nothing is served at ${at}`);
    return session.get();
  }
}

/** Milliseconds from a failed refresh to the next attempt. */
const RETRY_MS = 5_000;

/** The session of one profile in the memory of the broker. */
class ServedSession {
  readonly planFile: string;
  readonly #stored: StoredPlan;
  readonly #profile: string;
  readonly #outside: Outside;
  #last: CachedSession | undefined;
  #failure: { readonly at: number; readonly error: unknown } | undefined;
  #pending: Promise<CachedSession> | undefined;

  constructor(planFile: string, stored: StoredPlan, profile: string, outside: Outside) {
    this.planFile = planFile;
    this.#stored = stored;
    this.#profile = profile;
    this.#outside = outside;
  }

  /**
   * Returns a valid session at once, also when its refresh is due: SDKs wait one or two seconds for an endpoint. Without a
   * valid session the caller waits for the refresh.
   *
   * @throws ActionError why the last refresh failed
   */
  async get(): Promise<CachedSession> {
    const { clock } = this.#outside;
    const last = this.#last;
    if (isFresh(last, clock.now())) return last;
    const failure = this.#failure;
    const isDue = failure === undefined || clock.now() - failure.at >= RETRY_MS;
    if (isDue) this.#refresh().catch(() => {});
    if (isValid(last, clock.now())) return last;
    if (failure !== undefined) throw failure.error;
    return this.#refresh();
  }

  /** Concurrent callers share one refresh. */
  #refresh(): Promise<CachedSession> {
    this.#pending ??= this.#load().finally(() => {
      this.#pending = undefined;
    });
    return this.#pending;
  }

  async #load(): Promise<CachedSession> {
    const [stored, profile, outside] = [this.#stored, this.#profile, this.#outside];
    try {
      const { cached } = await currentSession({
        folder: path.dirname(this.planFile),
        profile,
        clock: outside.clock,
        timeoutSeconds: async () => stored.timeoutSeconds,
        replay: (limitSeconds) =>
          replayPlan(
            { stored, profile, limitSeconds },
            outside,
            quietReporter(() => {}),
          ),
      });
      this.#last = cached;
      this.#failure = undefined;
      return cached;
    } catch (error) {
      this.#failure = { at: outside.clock.now(), error };
      throw error;
    }
  }
}
