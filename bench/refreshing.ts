import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { Job } from '../lab/job.ts';
import type { Lab } from '../lab/lab.ts';
import { median, root, run } from './measure.ts';

export interface RefreshFigures {
  /** Milliseconds of the credential process with a cached session, and of Node doing nothing. */
  readonly cached: number;
  readonly nothing: number;
  /** Milliseconds of one request to the broker, on an open connection. */
  readonly broker: number;
}

/** Measures what SDKs start or call after a step with `refresh`. */
export async function measureRefreshing(
  lab: Lab,
  inputs: Readonly<Record<string, string>>,
  rounds: number,
): Promise<RefreshFigures> {
  const job = await Job.start({ lab });
  const taken = { cached: [] as number[], nothing: [] as number[], broker: [] as number[] };
  try {
    await job.uses('.', { 'aws-region': 'eu-west-1', ...inputs, refresh: 'process', 'aws-profile': 'bench' });
    const runnerFiles = path.join(job.temp, 'assume-aws-roles');
    const folder = (await readdir(runnerFiles)).find((name) => name.startsWith('refresh-')) ?? '';
    const program = path.join(root, 'dist/credential-process/index.js');
    const args = ['--profile', 'bench', '--plan', path.join(runnerFiles, folder, 'plan.json')];
    for (let round = 0; round <= rounds; round++) {
      const nothing = await run(['-e', '0'], job.environment);
      const cached = await run([program, ...args], job.environment);
      if (round === 0) continue; // The first round warms the disk cache.
      taken.nothing.push(nothing);
      taken.cached.push(cached);
    }
    delete job.environment.AWS_PROFILE;
    const { environment } = await job.uses('.', { 'aws-region': 'eu-west-1', ...inputs, refresh: 'broker' });
    const {
      AWS_CONTAINER_CREDENTIALS_FULL_URI: url = '',
      AWS_CONTAINER_AUTHORIZATION_TOKEN: authorization = '',
    } = environment;
    for (let round = 0; round < 200; round++) {
      const started = performance.now();
      await (await fetch(url, { headers: { authorization } })).json();
      taken.broker.push(performance.now() - started);
    }
  } finally {
    await job.finish();
    await job.dispose();
  }
  return { cached: median(taken.cached), nothing: median(taken.nothing), broker: median(taken.broker) };
}
