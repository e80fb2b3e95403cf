import { rm } from 'node:fs/promises';
import { hasStepFolder } from '../platform/files/own-folder.ts';
import type { Host } from '../platform/host/host.ts';
import { addToSummary } from '../platform/runner/report.ts';
import type { Runner } from '../platform/runner/runner.ts';
import { countRefreshes, describeRefresh, readRefreshes } from './stored/refresh-log.ts';

const STATE = 'refreshing';

/** Saves the name of a refresh folder for the post step. */
export function saveRefreshFolder(folder: string, runner: Runner): void {
  runner.saveState(STATE, folder);
}

/** For the post step: {@link reportAndStopRefreshing} for the folder that {@link saveRefreshFolder} saved, if any. */
export async function stopRefreshingInState(host: Host): Promise<void> {
  const folder = host.runner.state(STATE);
  if (folder !== '') await reportAndStopRefreshing(folder, host);
}

/**
 * Reports the refreshes of a folder, then stops refreshing. Does nothing for a folder that has been removed, by `logout` for
 * example.
 *
 * @throws ActionError `FOLDER_REFUSED` for any other folder than a refresh folder
 */
export async function reportAndStopRefreshing(folder: string, host: Host): Promise<void> {
  if (!hasStepFolder(folder, 'refresh', host.env)) return;
  reportRefreshes(folder, host);
  await stopRefreshing(folder, host);
}

/**
 * Stops the broker of a folder, if there is one, and removes plan, caches and log.
 *
 * @throws ActionError `FOLDER_REFUSED` for any other folder than a refresh folder
 */
export async function stopRefreshing(folder: string, { env, clock }: Host): Promise<void> {
  if (!hasStepFolder(folder, 'refresh', env)) return;
  const { stopBroker } = await import('./broker/running-broker.ts');
  await stopBroker(folder, clock);
  await rm(folder, { recursive: true, force: true });
}

/** Lists the refreshes of a folder in the log of the job, and counts them in its summary where that is enabled. */
function reportRefreshes(folder: string, { runner }: Host): void {
  const events = readRefreshes(folder);
  const { refreshed, failed } = countRefreshes(events);
  const counts = `${refreshed} ${refreshed === 1 ? 'refresh' : 'refreshes'}, ${failed} failed`;
  if (events.length === 0) runner.info('No refresh of the sessions was needed.');
  else runner.group(`Refreshed sessions: ${counts}`, events.map(describeRefresh));
  if (/^true$/i.test(runner.input('job-summary').trim()))
    addToSummary(`Refreshed sessions: ${counts}.\n`, runner);
}
