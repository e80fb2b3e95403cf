/**
 * A crowd of real processes, scaled down to a machine with two cores: a fiftieth of the roles and of the limit. In this
 * action, a job gets all of its accounts in one step; an action with one role per step needs a step for each account.
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { Job } from '../lab/job.ts';
import { type Lab, startLab } from '../lab/lab.ts';
import type { RateLimit } from '../lab/rate-limit.ts';
import { defaultWorld, GITHUB, gitHubTrust } from '../lab/world.ts';
import { accountIds, roleIn } from './fleet.ts';
import { root } from './measure.ts';

/** The folder of configure-aws-credentials, relative to the repository. */
const PEER = process.env.PEER_FOLDER ?? '../shared/peer';
const REGION = { 'aws-region': 'eu-west-1' };

export const JOBS = 10;
export const ACCOUNTS = 10;
export const LIMIT: RateLimit = { perSecond: 12, burst: 12 };

export interface ProcessFigures {
  readonly name: string;
  readonly failedJobs: number;
  readonly requests: number;
  readonly throttled: number;
  readonly seconds: number;
}

export async function measureCrowds(): Promise<readonly ProcessFigures[]> {
  const roles = accountIds(ACCOUNTS).map(roleIn);
  const profiles = roles.map((role, index) => `[profile a${index}]\nrole_arn = ${role}`).join('\n');
  const own = await measureCrowd('this action', async (job) => {
    return (await job.uses('.', { ...REGION, profiles })).exitCode === 0;
  });
  if (!existsSync(path.join(root, PEER, 'dist/index.js'))) {
    console.log(
      `configure-aws-credentials is not measured: there is no ${PEER}/dist/index.js (PEER_FOLDER).`,
    );
    return [own];
  }
  const peer = await measureCrowd('configure-aws-credentials', async (job) => {
    for (const role of roles)
      if ((await job.uses(PEER, { ...REGION, 'role-to-assume': role })).exitCode !== 0) return false;
    return true;
  });
  return [own, peer];
}

/** @param run whether a job has the sessions of all accounts */
async function measureCrowd(name: string, run: (job: Job) => Promise<boolean>): Promise<ProcessFigures> {
  const world = defaultWorld();
  const subjects = 'repo:octo-org/octo-app:*';
  for (const account of accountIds(ACCOUNTS))
    world.accounts[account] = {
      oidcProviders: [{ url: GITHUB, audiences: ['sts.amazonaws.com'] }],
      roles: [{ name: 'deploy', trustPolicy: gitHubTrust(account, subjects) }],
    };
  const lab = await startLab({ world, stsLimit: LIMIT });
  const started = performance.now();
  try {
    const succeeded = await Promise.all(Array.from({ length: JOBS }, () => inJob(lab, run)));
    const requests = lab.traffic.requests.filter(({ server }) => server === 'sts');
    return {
      name,
      failedJobs: succeeded.filter((success) => !success).length,
      requests: requests.length,
      throttled: requests.filter(({ errorCode }) => errorCode === 'Throttling').length,
      seconds: (performance.now() - started) / 1000,
    };
  } finally {
    await lab.close();
  }
}

async function inJob(lab: Lab, run: (job: Job) => Promise<boolean>): Promise<boolean> {
  const job = await Job.start({ lab });
  try {
    return await run(job);
  } finally {
    await job.dispose();
  }
}
