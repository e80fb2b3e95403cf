import { existsSync } from 'node:fs';
import path from 'node:path';
import { isAlive } from '../platform/files/lock.ts';
import type { Outside } from '../platform/host/outside.ts';
import { brokerPath, startBrokerServer } from './broker-server.ts';
import { quietReporter } from './quiet-reporter.ts';
import { refreshingSession } from './refreshing-session.ts';
import { replayPlan } from './replay-plan.ts';
import { type HeldSession, isLiving, isYoung } from './session-cache.ts';
import { readPlan, type StoredPlan } from './stored-plan.ts';

export interface BrokerSettings {
  /** The stored plan; the broker ends when it is gone. */
  readonly planFile: string;
  readonly token: string;
  /** The secret that steps and broker prove to each other that they know; see `handshake.ts`. */
  readonly control: string;
  /** The process that started ours, and its parent, which on a runner is the one that carries out the job. */
  readonly step: number;
  readonly job: number;
}

/** The longest that GitHub lets a job run, on a self-hosted runner with the default token. */
const MAX_LIFE_MS = 24 * 60 * 60 * 1000;
const WATCH_MS = 1_000;

/** Milliseconds from one failed refresh to the next try. */
const FAILURE_MS = 5_000;

/** A stored plan that is served: that of the step that started us, and those that joined. */
interface ServedPlan {
  readonly file: string;
  readonly stored: StoredPlan;
  /** The profile at each path. */
  readonly profiles: ReadonlyMap<string, string>;
}

/**
 * Serves the sessions of stored plans until all of them are gone, the job is gone, 24 hours are over, or `stopBroker` asks.
 *
 * @param outside with a clock that never goes back, as a session that is over would else come to life again
 * @param onReady gets the port
 * @returns when it has ended
 */
export async function runBroker(
  { planFile: first, token, control, step, job }: BrokerSettings,
  outside: Outside,
  onReady: (port: number) => void,
): Promise<void> {
  const { clock } = outside;
  const reporter = quietReporter(() => {});
  const stop = new AbortController();
  const plans = new Map<string, ServedPlan>();
  const held = new Map<string, HeldSession>();
  const failures = new Map<string, { at: number; error: unknown }>();
  const underWay = new Map<string, Promise<HeldSession>>();

  /** Serves the plan in `file` below `base`. */
  async function join(file: string, base: string): Promise<string> {
    const stored = await readPlan(file);
    const profiles = stored.plan.delivered.map(
      ({ profile }) => [base + brokerPath(profile.name), profile.name] as const,
    );
    plans.set(base, { file, stored, profiles: new Map(profiles) });
    return base;
  }

  /**
   * A session that lives is handed out at once, whatever becomes of its renewal: SDKs give an endpoint a second or two. When
   * there is none, whoever asks waits, unless the last try failed: then the answer is why.
   */
  async function sessionAt(at: string): Promise<HeldSession> {
    const last = held.get(at);
    if (isYoung(last, clock.now())) return last;
    const failure = failures.get(at);
    const isDue = failure === undefined || clock.now() - failure.at >= FAILURE_MS;
    if (isDue) renew(at).catch(() => {});
    if (isLiving(last, clock.now())) return last;
    if (failure !== undefined) throw failure.error;
    return renew(at);
  }

  /** Callers that ask at once share one look into the cache, and so one refresh. */
  function renew(at: string): Promise<HeldSession> {
    const running = underWay.get(at) ?? find(at).finally(() => underWay.delete(at));
    underWay.set(at, running);
    return running;
  }

  async function find(at: string): Promise<HeldSession> {
    const plan = [...plans.values()].find(({ profiles }) => profiles.has(at));
    const profile = plan?.profiles.get(at);
    if (plan === undefined || profile === undefined) throw new TypeError(`nothing is served at ${at}`);
    const { file, stored } = plan;
    try {
      const served = await refreshingSession({
        folder: path.dirname(file),
        profile,
        clock,
        timeoutSeconds: async () => stored.timeoutSeconds,
        replay: (limitSeconds) => replayPlan(stored, profile, limitSeconds, outside, reporter),
      });
      held.set(at, served.held);
      failures.delete(at);
      return served.held;
    } catch (error) {
      failures.set(at, { at: clock.now(), error });
      throw error;
    }
  }

  /** The paths of plans that are there; others are forgotten with their sessions. */
  function paths(): readonly string[] {
    for (const [base, { file, profiles }] of plans) {
      if (existsSync(file)) continue;
      plans.delete(base);
      for (const at of profiles.keys()) for (const known of [held, failures]) known.delete(at);
    }
    return [...plans.values()].flatMap(({ profiles }) => [...profiles.keys()]);
  }

  await join(first, '');
  const { server, port } = await startBrokerServer({
    token,
    control,
    paths,
    sessionAt,
    onJoin: (file) => join(file, `/${crypto.randomUUID()}`),
    onStop: () => stop.abort(),
  });
  onReady(port);

  const isGone = watchJob(step, job);
  // By the time that passes, whatever time it is.
  const endsAt = performance.now() + MAX_LIFE_MS;
  while (!stop.signal.aborted && performance.now() < endsAt && !isGone()) {
    const served = paths();
    if (served.length === 0) break;
    for (const at of served) sessionAt(at).catch(() => {});
    await clock.sleep(WATCH_MS, stop.signal).catch(() => {});
  }
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    // The answer to whoever asked us to end goes out first.
    server.closeIdleConnections();
    setTimeout(() => server.closeAllConnections(), 500).unref();
  });
}

/**
 * Tells whether the job is gone. Its process counts only once it has outlived the step: a shell that a runner puts
 * between would end with the step, and says nothing about the job.
 */
function watchJob(step: number, job: number): () => boolean {
  let outlived = false;
  return () => {
    if (job <= 1 || isAlive(step)) return false;
    const alive = isAlive(job);
    outlived ||= alive;
    return outlived && !alive;
  };
}
