import type { Host } from '../platform/host/host.ts';
import { addToSummary } from '../platform/runner/summary.ts';
import { describeRefresh, readRefreshes } from './stored/refresh-log.ts';

/** Lists the refreshes of a folder in the log of the job, and counts them in its summary where that is enabled. */
export function reportRefreshes(folder: string, { runner }: Host): void {
  const events = readRefreshes(folder);
  const refreshed = events.filter(({ kind }) => kind === 'refreshed').length;
  const counts = `${refreshed} ${refreshed === 1 ? 'refresh' : 'refreshes'}, ${events.length - refreshed} failed`;
  if (events.length === 0) runner.info('No refresh of the sessions was needed.');
  else runner.group(`Refreshed sessions: ${counts}`, events.map(describeRefresh));
  if (/^true$/i.test(runner.input('job-summary').trim()))
    addToSummary(`Refreshed sessions: ${counts}.\n`, runner);
}
