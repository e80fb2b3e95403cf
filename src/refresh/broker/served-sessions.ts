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
  readonly #byPath = new Map<string, { readonly planFile: string; readonly session: ServedSession }>();

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
      const session = new ServedSession(this.#outside, async () => {
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

  /** @throws ActionError as {@link ServedSession.get} */
  async get(at: string): Promise<CachedSession> {
    const served = this.#byPath.get(at);
    if (served === undefined) throw new TypeError(`nothing is served at ${at}`);
    return served.session.get();
  }
}

/** Milliseconds from a failed refresh to the next attempt. */
const RETRY_MS = 5_000;

class ServedSession {
  readonly #clock: Outside['clock'];
  readonly #load: () => Promise<CachedSession>;
  #last: CachedSession | undefined;
  #failure: { readonly at: number; readonly error: unknown } | undefined;
  #pending: Promise<CachedSession> | undefined;

  constructor({ clock }: Outside, load: () => Promise<CachedSession>) {
    this.#clock = clock;
    this.#load = load;
  }

  /**
   * Returns a valid session at once, also when its refresh is due: SDKs wait one or two seconds for an endpoint. Without a
   * valid session the caller waits for the refresh.
   *
   * @throws ActionError why the last refresh failed
   */
  async get(): Promise<CachedSession> {
    const [last, failure] = [this.#last, this.#failure];
    if (isFresh(last, this.#clock.now())) return last;
    const isDue = failure === undefined || this.#clock.now() - failure.at >= RETRY_MS;
    if (isDue) this.#refresh().catch(() => {});
    if (isValid(last, this.#clock.now())) return last;
    if (failure !== undefined) throw failure.error;
    return this.#refresh();
  }

  /** Concurrent callers share one refresh. */
  #refresh(): Promise<CachedSession> {
    this.#pending ??= this.#load()
      .then((session) => {
        [this.#last, this.#failure] = [session, undefined];
        return session;
      })
      .catch((error) => {
        this.#failure = { at: this.#clock.now(), error };
        throw error;
      })
      .finally(() => {
        this.#pending = undefined;
      });
    return this.#pending;
  }
}
