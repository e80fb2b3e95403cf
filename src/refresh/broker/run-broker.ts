import type { ContainerEndpoint } from '../../aws/container-endpoints.ts';
import type { Outside } from '../../platform/host/outside.ts';
import { isAlive } from '../../platform/processes.ts';
import { BrokerServer } from './broker-server.ts';
import { ServedSessions } from './served-sessions.ts';

/** What the step that starts a broker sends to its standard input. */
export interface BrokerSettings {
  /** The stored plan; the broker stops when it and all plans that joined have been removed. */
  readonly planFile: string;
  readonly address: ContainerEndpoint;
  readonly token: string;
  /** The secret that steps and broker prove to each other; see `handshake.ts`. */
  readonly control: string;
  /** The process of the step, and its parent: on a runner the process that runs the job. */
  readonly step: number;
  readonly job: number;
}

/** GitHub Docs, "GITHUB_TOKEN": the token of a job is valid for at most 24 hours, also on a self-hosted runner. */
const MAX_DURATION_MS = 24 * 60 * 60 * 1000;
const WATCH_INTERVAL_MS = 1_000;

/**
 * The program of the broker process: serves the sessions of stored plans, and refreshes them in advance. Stops when all
 * plans have been removed, when the job has ended, after 24 hours, or on request of a step.
 *
 * @param outside with a clock that is never set back, as an expired session would count as valid again
 * @param onReady receives the port
 * @returns when the broker has stopped
 * @throws Error with Node's code if it cannot listen at the address
 */
export async function runBroker(
  { planFile, address, token, control, step, job }: BrokerSettings,
  outside: Outside,
  onReady: (port: number) => void,
): Promise<void> {
  const sessions = new ServedSessions(outside);
  await sessions.join(planFile, '');
  const stop = new AbortController();
  const server = new BrokerServer({ token, control, sessions, onStop: () => stop.abort() });
  onReady(await server.listen(address));

  const hasJobEnded = watchJob(step, job);
  // The monotonic clock: the time of day can be set.
  const stopAt = performance.now() + MAX_DURATION_MS;
  while (!stop.signal.aborted && performance.now() < stopAt && !hasJobEnded()) {
    const paths = sessions.paths();
    if (paths.length === 0) break;
    for (const at of paths) sessions.get(at).catch(() => {});
    await outside.clock.sleep(WATCH_INTERVAL_MS, stop.signal).catch(() => {});
  }
  await server.close();
}

/**
 * Whether the process of the job has ended. It counts only if it has outlived the step by two looks: a shell that starts
 * the step ends with the step, or moments later.
 */
function watchJob(step: number, job: number): () => boolean {
  let looksAfterStep = 0;
  return () => {
    if (job <= 1 || isAlive(step)) return false;
    if (!isAlive(job)) return looksAfterStep >= 2;
    looksAfterStep++;
    return false;
  };
}
