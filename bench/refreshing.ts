import { spawn } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { ACTION_NODE, Job } from '../lab/job.ts';
import type { Lab } from '../lab/lab.ts';
import { median, root } from './measure.ts';

/** A session that a credential process answers from its cache. */
export interface CachedSession {
  /** The cache file. */
  readonly file: string;
  /** The arguments of the credential process. */
  readonly args: readonly string[];
  close(): Promise<void>;
}

type Inputs = Readonly<Record<string, string>>;

/** Runs a step with `refresh: process`, whose files stay until `close`. */
export async function startCached(lab: Lab, inputs: Inputs): Promise<CachedSession> {
  const job = await Job.start({ lab });
  await job.uses('.', { 'aws-region': 'eu-west-1', ...inputs, refresh: 'process', 'aws-profile': 'bench' });
  const runnerFiles = path.join(job.temp, 'assume-aws-roles');
  const folder = path.join(
    runnerFiles,
    (await readdir(runnerFiles)).find((name) => name.startsWith('refresh-')) ?? '',
  );
  const cache = (await readdir(folder)).find((name) => name.startsWith('session-')) ?? '';
  return {
    file: path.join(folder, cache),
    args: ['--profile', 'bench', '--plan', path.join(folder, 'plan.json')],
    async close() {
      await job.finish();
      await job.dispose();
    },
  };
}

export interface BrokerFigures {
  /** Milliseconds of one request on an open connection, to the broker and to a server that only answers. */
  readonly broker: number;
  readonly bare: number;
}

/** Measures a request to the broker of a step with `refresh: broker`. */
export async function measureBroker(lab: Lab, inputs: Inputs): Promise<BrokerFigures> {
  const job = await Job.start({ lab });
  const server = spawn(ACTION_NODE, [path.join(root, 'bench/bare-server.cjs')]);
  try {
    const { environment } = await job.uses('.', { 'aws-region': 'eu-west-1', ...inputs, refresh: 'broker' });
    const port = await new Promise<string>((resolve) => {
      server.stdout.once('data', (line) => resolve(String(line).trim()));
    });
    const urls = {
      broker: environment.AWS_CONTAINER_CREDENTIALS_FULL_URI ?? '',
      bare: `http://127.0.0.1:${port}/`,
    };
    const headers = { authorization: environment.AWS_CONTAINER_AUTHORIZATION_TOKEN ?? '' };
    const taken = { broker: [] as number[], bare: [] as number[] };
    for (let round = 0; round < 300; round++) {
      for (const name of ['broker', 'bare'] as const) {
        const started = performance.now();
        await (await fetch(urls[name], { headers })).json();
        taken[name].push(performance.now() - started);
      }
    }
    return { broker: median(taken.broker), bare: median(taken.bare) };
  } finally {
    server.kill();
    await job.finish();
    await job.dispose();
  }
}
