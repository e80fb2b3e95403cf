import { readdir } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import { ACTION_NODE } from '../../lab/job.ts';
import { awsTrust, defaultWorld } from '../../lab/world.ts';
import { HUB, MINIMAL, SPOKE, withJob } from '../support/harness.ts';
import { AWS, CLIENTS, GO_WHOAMI, PYTHON } from './clients.ts';

const REGION = { 'aws-region': 'eu-west-1' };
const CHAIN = { ...MINIMAL, 'role-to-assume': HUB, 'role-chain': SPOKE };
const IN_SPOKE = 'arn:aws:sts::222222222222:assumed-role/deploy/octo-org.octo-app-42';

describe.each(CLIENTS)('%s', (_name, whoami) => {
  test('takes the variables', () =>
    withJob({}, async (context) => {
      await context.uses(CHAIN);
      expect((await whoami(context)).Arn).toBe(IN_SPOKE);
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

  test('takes the credential process', () =>
    withJob({}, async (context) => {
      await context.uses({ ...CHAIN, refresh: 'process' });
      expect((await whoami(context)).Arn).toBe(IN_SPOKE);
      expect(context.lab.traffic.counts()).toMatchObject({ oidc: 1, AssumeRole: 1 });
    }));

  test('takes the broker', () =>
    withJob({}, async (context) => {
      await context.uses({ ...CHAIN, refresh: 'broker' });
      expect((await whoami(context)).Arn).toBe(IN_SPOKE);
      await context.finish();
    }));
});

const COMMANDS = [
  ['AWS CLI', `"${AWS}" sts get-caller-identity`],
  ['boto3', `"${PYTHON}" -c 'import boto3; print(boto3.client("sts").get_caller_identity()["Arn"])'`],
  ['JavaScript SDK v3', `"${ACTION_NODE}" lab/whoami.ts`],
  ['Go SDK v2', `"${GO_WHOAMI}"`],
] as const;

test.each(COMMANDS)('%s is in the account of exec, and nowhere after', (name, command) =>
  withJob({ env: { AWS_DEFAULT_REGION: 'eu-west-1', AWS_REGION: 'eu-west-1' } }, async (context) => {
    const env = { AWS_ENDPOINT_URL_STS: context.lab.sts.url };
    const run = `cd "${process.cwd()}" && ${command}`;
    const step = await context.uses({ ...MINIMAL, run }, { action: 'exec', env });
    expect(step.stdout).toContain('assumed-role/deploy/');
    const [, whoami] = CLIENTS.find(([client]) => client === name) ?? [];
    await expect(whoami?.(context)).rejects.toThrow(/credential/i);
  }),
);
