import type { Host } from '../platform/host/host.ts';
import type { Runner } from '../platform/runner/runner.ts';
import { addToSummary } from '../platform/runner/summary.ts';
import { describeRefresh, readRefreshes } from './refresh-log.ts';
import { hasRefreshFolder, stopRefreshing } from './stop-refreshing.ts';

/** The name under which the post step finds the folder of sessions that refresh themselves. */
const STATE = 'refreshing';

export function keepRefreshingInState(folder: string, runner: Runner): void {
  runner.saveState(STATE, folder);
}

/** For the post step: ends what {@link keepRefreshingInState} kept, if anything. */
export async function endRefreshingInState(host: Host): Promise<void> {
  const folder = host.runner.state(STATE);
  if (folder !== '') await endRefreshing(folder, host);
}

/** Tells readers of the log, and of the receipt, how often the sessions were refreshed, and ends that. */
export async function endRefreshing(folder: string, host: Host): Promise<void> {
  const { runner, env } = host;
  if (!hasRefreshFolder(folder, env)) return; // `logout` did it, or the step ended before there was one
  const events = readRefreshes(folder);
  const refreshed = events.filter(({ kind }) => kind === 'refreshed').length;
  const failed = events.length - refreshed;
  const counts = `${refreshed} ${refreshed === 1 ? 'refresh' : 'refreshes'}, ${failed} failed`;
  if (events.length === 0) runner.info('The sessions were not refreshed; the first ones lasted.');
  else runner.group(`Sessions that refresh themselves: ${counts}`, events.map(describeRefresh));
  if (/^true$/i.test(runner.input('job-summary').trim()))
    addToSummary(`Sessions refreshed: ${counts}.\n`, runner);
  await stopRefreshing(folder, host);
}
