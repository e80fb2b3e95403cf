import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { awsTrust, defaultWorld } from '../../lab/world.ts';
import { HUB, MINIMAL, SPOKE, type TestJob, withJob } from '../support/harness.ts';

const BIN = path.resolve('.cache/clients', process.platform === 'win32' ? 'Scripts' : 'bin');
const REGION = { 'aws-region': 'eu-west-1' };

/** Whom the AWS CLI takes itself to be. */
async function awsCli({ job }: TestJob, ...options: string[]): Promise<{ Account: string; Arn: string }> {
  const step = await job.run(path.join(BIN, 'aws'), [
    'sts',
    'get-caller-identity',
    '--output',
    'json',
    ...options,
  ]);
  if (step.exitCode !== 0) throw new Error(step.log);
  return JSON.parse(step.stdout);
}

/** Whom boto3 takes itself to be. */
async function boto3({ job }: TestJob, profile?: string): Promise<{ Account: string; Arn: string }> {
  const session = profile === undefined ? 'boto3.Session()' : `boto3.Session(profile_name="${profile}")`;
  const code = `import boto3, json; i = ${session}.client("sts").get_caller_identity(); print(json.dumps({k: i[k] for k in ("Account", "Arn")}))`;
  const step = await job.run(path.join(BIN, 'python'), ['-c', code]);
  if (step.exitCode !== 0) throw new Error(step.log);
  return JSON.parse(step.stdout);
}

const clients = [
  [
    'AWS CLI',
    (context: TestJob, profile?: string) =>
      awsCli(context, ...(profile === undefined ? [] : ['--profile', profile])),
  ],
  ['boto3', boto3],
] as const;

describe.each(clients)('%s', (_name, whoami) => {
  test('takes the variables', () =>
    withJob({}, async (context) => {
      await context.uses({ ...MINIMAL, 'role-to-assume': HUB, 'role-chain': SPOKE });
      expect((await whoami(context)).Arn).toBe(
        'arn:aws:sts::222222222222:assumed-role/deploy/octo-org.octo-app-42',
      );
    }));

  test('takes every profile of a graph of twenty accounts', () => {
    const world = defaultWorld();
    let profiles = `[profile hub]\nrole_arn = ${HUB}\n`;
    const accounts = Array.from({ length: 20 }, (_, index) => String(400_000_000_000 + index));
    for (const [index, id] of accounts.entries()) {
      world.accounts[id] = { oidcProviders: [], roles: [{ name: 'deploy', trustPolicy: awsTrust(HUB) }] };
      profiles += `[profile a${index}]\nsource_profile = hub\nrole_arn = arn:aws:iam::${id}:role/deploy\ns3 =\n  max_concurrent_requests = 20\n`;
    }
    return withJob({ world }, async (context) => {
      await context.uses({ ...REGION, profiles });
      for (const [index, id] of accounts.entries()) {
        expect(await whoami(context, `a${index}`)).toMatchObject({
          Account: id,
          Arn: `arn:aws:sts::${id}:assumed-role/deploy/octo-org.octo-app-42`,
        });
      }
      await context.finish();
      expect(await readdir(context.job.home)).toEqual([]);
    });
  }, 120_000);

  test('is in the account of exec, and nowhere after', () =>
    withJob({ env: { AWS_DEFAULT_REGION: 'eu-west-1' } }, async (context) => {
      const program = `"${path.join(BIN, 'aws')}" sts get-caller-identity`;
      const step = await context.uses(
        { ...MINIMAL, run: program },
        { action: 'exec', env: { AWS_ENDPOINT_URL_STS: context.lab.sts.url } },
      );
      expect(step.stdout).toContain('assumed-role/deploy/');
      await expect(whoami(context)).rejects.toThrow(/credentials/i);
    }));
});
