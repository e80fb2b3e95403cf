/**
 * `npm run bench:fleets`: one step for fleets of different sizes, and many jobs that share the limit of one account.
 *
 *     npm run bench:fleets -- --quick     measures each size once
 *     npm run bench:fleets -- --write     also writes docs/performance.md
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { fill } from '../scripts/docs.ts';
import { ACCOUNTS, JOBS, LIMIT, measureCrowds, type ProcessFigures } from './crowd-processes.ts';
import { type CrowdFigures, ROUND_TRIP_MS, simulateCrowd } from './crowd-simulated.ts';
import { LATENCY_MS, measureOneRole, measureSizes, type SizeFigures } from './fleet-sizes.ts';
import { root } from './measure.ts';
import { table } from './report.ts';

const { values } = parseArgs({ options: { quick: { type: 'boolean' }, write: { type: 'boolean' } } });
const rounds = values.quick ? 1 : 5;

/** Fifty jobs of a hundred accounts, and the limit of STS for an account and region (STS: 600 requests per second). */
const CROWD = { jobs: 50, accounts: 100, maxParallel: 100, limit: { perSecond: 600, burst: 600 } };

const folder = await mkdtemp(path.join(os.tmpdir(), 'bench-fleets-'));
try {
  const oneRole = await measureOneRole(folder, rounds);
  const sizes = await measureSizes(folder, rounds);
  const adaptive = await simulateCrowd({ ...CROWD, maxAttempts: 12, throttledUntilDeadline: true });
  const limited = await simulateCrowd({ ...CROWD, maxAttempts: 3 });
  const processes = await measureCrowds();
  const report = [
    sizesTable(sizes, oneRole),
    ratioOf(sizes),
    `${CROWD.jobs} jobs of ${CROWD.accounts} accounts that share a limit of ${CROWD.limit.perSecond} requests per second, simulated with a round trip of ${ROUND_TRIP_MS} ms:`,
    crowdTable([
      ['default', adaptive],
      ['retry-max-attempts: 3', limited],
    ]),
    `${JOBS} jobs of ${ACCOUNTS} accounts that share a limit of ${LIMIT.perSecond} requests per second, as processes:`,
    processTable(processes),
  ].join('\n\n');
  console.log(report);
  if (values.write) {
    const file = path.join(root, 'docs/performance.md');
    await writeFile(file, fill(await readFile(file, 'utf8'), 'fleets', report));
  }
} finally {
  await rm(folder, { recursive: true });
}

function sizesTable(sizes: readonly SizeFigures[], oneRole: number): string {
  const deepest = 3 * LATENCY_MS + oneRole;
  return table(
    [
      'accounts behind a hub',
      'ms',
      `ratio to the deepest path (${deepest.toFixed(0)} ms)`,
      'peak MB',
      'requests to GitHub',
      'to STS',
    ],
    sizes.map(({ accounts, milliseconds, megabytes, oidcRequests, stsRequests }) => [
      String(accounts),
      milliseconds.toFixed(0),
      (milliseconds / deepest).toFixed(2),
      megabytes.toFixed(0),
      String(oidcRequests),
      String(stsRequests),
    ]),
  );
}

function ratioOf(sizes: readonly SizeFigures[]): string {
  const of = (wanted: number) =>
    sizes.find(({ accounts }) => accounts === wanted)?.milliseconds ?? Number.NaN;
  return `A thousand accounts take ${(of(1000) / of(200)).toFixed(2)} times as long as two hundred.`;
}

function crowdTable(rows: readonly (readonly [name: string, figures: CrowdFigures])[]): string {
  return table(
    ['retries', 'jobs that fail', 'requests', 'throttled', 'half of the jobs done, s', 'all done, s'],
    rows.map(([name, { failedJobs, requests, throttled, medianSeconds, lastSeconds }]) => [
      name,
      String(failedJobs),
      String(requests),
      String(throttled),
      medianSeconds.toFixed(1),
      lastSeconds.toFixed(1),
    ]),
  );
}

function processTable(rows: readonly ProcessFigures[]): string {
  return table(
    ['action', 'jobs that fail', 'requests', 'throttled', 'all done, s'],
    rows.map(({ name, failedJobs, requests, throttled, seconds }) => [
      name,
      String(failedJobs),
      String(requests),
      String(throttled),
      seconds.toFixed(1),
    ]),
  );
}
