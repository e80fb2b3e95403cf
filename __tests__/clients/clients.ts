import path from 'node:path';
import { ACTION_NODE, type StepResult } from '../../lab/job.ts';
import { PYTHON_BIN } from '../../scripts/tools.ts';
import type { TestJob } from '../support/harness.ts';

export { PYTHON_BIN };
export const AWS = path.join(PYTHON_BIN, 'aws');
export const PYTHON = path.join(PYTHON_BIN, 'python');
export const GO_WHOAMI = path.resolve(`.cache/go/whoami${process.platform === 'win32' ? '.exe' : ''}`);
const JAVASCRIPT_WHOAMI = path.resolve('lab/whoami.ts');

interface Identity {
  readonly Account: string;
  readonly Arn: string;
}

/** Whom a client takes itself to be, with a profile or with what the environment says. */
export type Whoami = (context: TestJob, profile?: string) => Promise<Identity>;

function identityIn(step: StepResult): Identity {
  if (step.exitCode !== 0) throw new Error(step.log);
  return JSON.parse(step.stdout);
}

/** SDKs that take the name of a profile from a variable alone. */
const asVariable = (profile?: string) => (profile === undefined ? {} : { env: { AWS_PROFILE: profile } });

/** Every client that is held against what the action delivers. */
export const CLIENTS: readonly (readonly [string, Whoami])[] = [
  [
    'AWS CLI',
    async ({ job }, profile) => {
      const options = profile === undefined ? [] : ['--profile', profile];
      return identityIn(await job.run(AWS, ['sts', 'get-caller-identity', '--output', 'json', ...options]));
    },
  ],
  [
    'boto3',
    async ({ job }, profile) => {
      const session = profile === undefined ? 'boto3.Session()' : `boto3.Session(profile_name="${profile}")`;
      const code = `import boto3, json; i = ${session}.client("sts").get_caller_identity(); print(json.dumps({k: i[k] for k in ("Account", "Arn")}))`;
      return identityIn(await job.run(PYTHON, ['-c', code]));
    },
  ],
  [
    'JavaScript SDK v3',
    async ({ job }, profile) =>
      identityIn(await job.run(ACTION_NODE, [JAVASCRIPT_WHOAMI], asVariable(profile))),
  ],
  ['Go SDK v2', async ({ job }, profile) => identityIn(await job.run(GO_WHOAMI, [], asVariable(profile)))],
];
