import { existsSync } from 'node:fs';
import path from 'node:path';
import { isAlive } from '../files/lock.ts';
import type { Outside } from '../outside.ts';
import { startBrokerServer } from './broker-server.ts';
import { quietReporter } from './quiet-reporter.ts';
import { refreshingSession } from './refreshing-session.ts';
import { replayPlan } from './replay-plan.ts';
import { type HeldSession, isLiving, youngUntil } from './session-cache.ts';
import { readPlan } from './stored-plan.ts';

export interface BrokerSettings {
  /** The stored plan; the broker ends when it is gone. */
  readonly planFile: string;
  readonly token: string;
  /** The process that started ours, and its parent, which on a runner is the one that carries out the job. */
  readonly step: number;
  readonly job: number;
}

/** The longest that GitHub lets a job run, on a self-hosted runner with the default token. */
const MAX_LIFE_MS = 24 * 60 * 60 * 1000;
const WATCH_MS = 1_000;

/** Milliseconds from one failed refresh to the next try. */
const FAILURE_MS = 5_000;

/**
 * Serves the sessions of a stored plan until the job is gone, 24 hours are over, or {@link stopBroker} asks.
 *
 * @param onReady gets the port
 * @returns when it has ended
 */
export async function runBroker(
  { planFile: file, token, step, job }: BrokerSettings,
  outside: Outside,
  onReady: (port: number) => void,
): Promise<void> {
  const { clock } = outside;
  const stored = await readPlan(file);
  const reporter = quietReporter(() => {});
  const profiles = stored.plan.delivered.map(({ profile }) => profile.name);
  const stop = new AbortController();
  const held = new Map<string, HeldSession>();
  const failures = new Map<string, { at: number; error: unknown }>();
  const underWay = new Map<string, Promise<HeldSession>>();

  /**
   * A session that lives is handed out at once, whatever becomes of its renewal: SDKs give an endpoint a second or two. When
   * there is none, whoever asks waits, unless the last try failed: then the answer is why.
   */
  async function sessionOf(profile: string): Promise<HeldSession> {
    const last = held.get(profile);
    if (last !== undefined && youngUntil(last) > clock.now()) return last;
    const failure = failures.get(profile);
    const isDue = failure === undefined || clock.now() - failure.at >= FAILURE_MS;
    if (isDue) renew(profile).catch(() => {});
    if (isLiving(last, clock.now())) return last;
    if (failure !== undefined) throw failure.error;
    return renew(profile);
  }

  /** Callers that ask at once share one look into the cache, and so one refresh. */
  function renew(profile: string): Promise<HeldSession> {
    const running = underWay.get(profile) ?? find(profile).finally(() => underWay.delete(profile));
    underWay.set(profile, running);
    return running;
  }

  async function find(profile: string): Promise<HeldSession> {
    try {
      const served = await refreshingSession({
        folder: path.dirname(file),
        profile,
        clock,
        timeoutSeconds: async () => stored.timeoutSeconds,
        replay: (limitSeconds) => replayPlan(stored, profile, limitSeconds, outside, reporter),
      });
      held.set(profile, served.held);
      failures.delete(profile);
      return served.held;
    } catch (error) {
      failures.set(profile, { at: clock.now(), error });
      throw error;
    }
  }

  const { server, port } = await startBrokerServer({
    token,
    profiles,
    sessionOf,
    onStop: () => stop.abort(),
  });
  onReady(port);

  const isGone = watchJob(step, job);
  const endsAt = clock.now() + MAX_LIFE_MS;
  while (!stop.signal.aborted && clock.now() < endsAt && existsSync(file) && !isGone()) {
    for (const profile of profiles) sessionOf(profile).catch(() => {});
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
