import { readdir } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ACTION_NODE } from '../../lab/job.ts';
import { awsTrust, defaultWorld } from '../../lab/world.ts';
import { HUB, MINIMAL, SPOKE, type TestJob, withJob } from '../support/harness.ts';
import { type AwsFront, fillMoto, type Seen, withAws } from './aws-front.ts';
import {
  AWS,
  CLIENTS,
  type Client,
  DELIVERY_KINDS,
  type DeliveryKind,
  FIRST_CLIENTS,
  WHOAMI,
  whoami,
} from './clients.ts';
import { type Moto, startMoto } from './moto.ts';
import { remember } from './seen.ts';

const CHAIN = { ...MINIMAL, 'role-to-assume': HUB, 'role-chain': SPOKE };
const IN_SPOKE = 'arn:aws:sts::222222222222:assumed-role/deploy/octo-org.octo-app-42';

/** Each with a region of its own. */
const INPUTS: Readonly<Record<DeliveryKind, Readonly<Record<string, string>>>> = {
  variables: { ...CHAIN, 'aws-region': 'eu-west-1' },
  profile: { ...CHAIN, 'aws-region': 'eu-west-2', 'aws-profile': 'spoke' },
  process: { ...CHAIN, 'aws-region': 'eu-west-3', refresh: 'process' },
  broker: { ...CHAIN, 'aws-region': 'eu-north-1', refresh: 'broker' },
};

let moto: Moto;
beforeAll(async () => {
  moto = await startMoto(undefined, false);
  await fillMoto(
    moto.url,
    Object.values(INPUTS).map((inputs) => inputs['aws-region'] ?? ''),
  );
}, 70_000);
afterAll(() => moto.stop());

/** Whom AWS saw in the last request of a client, at STS or at another service. */
function lastSeen({ lab, front }: TestJob & { front: AwsFront }): Omit<Seen, 'service'> {
  const seen = front.seen.at(-1);
  if (seen !== undefined) return seen;
  const asked = lab.traffic.requests.findLast(({ operation }) => operation === 'GetCallerIdentity');
  const caller = lab.sts.callers.get(asked?.accessKeyId ?? '');
  return {
    region: asked?.region ?? '',
    account: caller?.accountId ?? '',
    arn: caller?.arn ?? '',
    userAgent: asked?.headers['user-agent'] ?? '',
  };
}

/** Who and where a client is. */
async function identityAndRegion(
  client: Client,
  context: TestJob & { front: AwsFront },
  ...profile: readonly [string?, string?]
): Promise<object> {
  const step = await client.call(context, ...profile);
  if (step.exitCode !== 0) throw new Error(step.log);
  const { account, arn, region } = lastSeen(context);
  if (!client.printsIdentity) return { Account: account, Arn: arn, region };
  const { Account, Arn } = JSON.parse(step.stdout);
  return { Account, Arn, region };
}

for (const client of CLIENTS.filter(({ missing, isNightly }) => missing === undefined || !isNightly)) {
  const { name, missing, cannot = {} } = client;
  const title = missing === undefined ? name : `${name} (it needs ${missing})`;
  const group = missing === undefined ? describe : describe.skip;

  group(title, () => {
    test.each(DELIVERY_KINDS)(
      'identity and region: %s',
      (kind) =>
        withAws({}, moto.url, async (context) => {
          await context.uses(INPUTS[kind]);
          const region = INPUTS[kind]['aws-region'];
          const profile = kind === 'profile' ? (['spoke', region] as const) : [];
          const ask = () => identityAndRegion(client, context, ...profile);
          const works = cannot[kind] === undefined;
          if (works) {
            expect(await ask()).toEqual({ Account: '222222222222', Arn: IN_SPOKE, region });
          } else {
            await expect(ask()).rejects.toThrow(/credential/i);
          }
          const [, version] = client.version.exec(lastSeen(context).userAgent) ?? [];
          remember({ client: name, ...(version !== undefined && { version }), what: kind, works });
          await context.finish();
          if (kind === 'process') {
            expect(context.lab.traffic.counts()).toMatchObject({ oidc: 1, AssumeRole: 1 });
          }
        }),
      120_000,
    );
  });
}

describe.each(FIRST_CLIENTS.map((client) => [client.name, client] as const))('%s', (_name, client) => {
  test('takes every profile of a graph of twenty accounts', () => {
    const world = defaultWorld();
    let profiles = `[profile hub]\nrole_arn = ${HUB}\n`;
    const accounts = Array.from({ length: 20 }, (_, index) => String(400_000_000_000 + index));
    for (const [index, id] of accounts.entries()) {
      world.accounts[id] = { oidcProviders: [], roles: [{ name: 'deploy', trustPolicy: awsTrust(HUB) }] };
      profiles += `[profile a${index}]\nsource_profile = hub\nrole_arn = arn:aws:iam::${id}:role/deploy\ns3 =\n  max_concurrent_requests = 20\n`;
    }
    return withJob({ world }, async (context) => {
      await context.uses({ 'aws-region': 'eu-west-1', profiles });
      for (const [index, id] of accounts.entries()) {
        expect(await whoami(client, context, `a${index}`)).toEqual({
          Account: id,
          Arn: `arn:aws:sts::${id}:assumed-role/deploy/octo-org.octo-app-42`,
        });
      }
      await context.finish();
      expect(await readdir(context.job.home)).toEqual([]);
    });
  }, 120_000);
});

const COMMANDS = [
  ['AWS CLI 1', `"${AWS}" sts get-caller-identity`],
  ['boto3', WHOAMI.python.map((word) => `"${word}"`).join(' ')],
  ['AWS SDK for JavaScript v3', `"${ACTION_NODE}" lab/whoami.ts`],
  ['AWS SDK for Go v2', `"${WHOAMI.go[0]}"`],
] as const;

test.each(COMMANDS)('%s is in the account of exec, and nowhere after', (name, command) =>
  withJob({ env: { AWS_DEFAULT_REGION: 'eu-west-1', AWS_REGION: 'eu-west-1' } }, async (context) => {
    const env = { AWS_ENDPOINT_URL_STS: context.lab.sts.url };
    const run = `cd "${process.cwd()}" && ${command}`;
    const step = await context.uses({ ...MINIMAL, run }, { action: 'exec', env });
    expect(step.stdout).toContain('assumed-role/deploy/');
    const client = FIRST_CLIENTS.find((one) => one.name === name);
    if (client === undefined) throw new Error(name);
    await expect(whoami(client, context)).rejects.toThrow(/credential/i);
  }),
);
