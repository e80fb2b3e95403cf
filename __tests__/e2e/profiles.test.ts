import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { ACTION_NODE } from '../../lab/job.ts';
import { awsTrust, defaultWorld, type World } from '../../lab/world.ts';
import { errorOf, HUB, NO_TRACES, traces, withJob } from '../support/harness.ts';

const WHOAMI = path.join(import.meta.dirname, '../../lab/whoami.ts');
const REGION = { 'aws-region': 'eu-west-1' };
const THREE = `
[profile hub]
role_arn = ${HUB}

[profile dev] # the first account
source_profile = hub
role_arn = arn:aws:iam::222222222222:role/deploy
output = json
s3 =
  max_concurrent_requests = 20

[profile prod]
source_profile = hub
role_arn = arn:aws:iam::333333333333:role/deploy
region = us-east-1
`;

/** `count` accounts that trust the hub, and the profiles for them. */
function fanOut(count: number): { world: World; profiles: string } {
  const world = defaultWorld();
  let profiles = `[profile hub]\nrole_arn = ${HUB}\n`;
  for (let n = 1; n <= count; n++) {
    const id = String(400_000_000_000 + n);
    world.accounts[id] = { oidcProviders: [], roles: [{ name: 'deploy', trustPolicy: awsTrust(HUB) }] };
    profiles += `[profile a${n}]\nsource_profile = hub\nrole_arn = arn:aws:iam::${id}:role/deploy\n`;
  }
  return { world, profiles };
}

describe('a hub and its accounts', () => {
  test('take one OIDC request and one STS request for each role; each profile works', () =>
    withJob({}, async ({ lab, job, uses, finish }) => {
      const step = await uses({ ...REGION, profiles: THREE });
      expect(step.exitCode).toBe(0);
      expect(lab.traffic.counts()).toEqual({ oidc: 1, sts: 3, AssumeRoleWithWebIdentity: 1, AssumeRole: 2 });
      expect(step.environment).toEqual({});
      const accounts = { hub: '111111111111', dev: '222222222222', prod: '333333333333' };
      expect(JSON.parse(step.outputs.profiles ?? '')).toMatchObject({
        hub: {
          account: accounts.hub,
          region: 'eu-west-1',
          arn: expect.stringContaining('assumed-role/deploy-hub/'),
        },
        dev: { account: accounts.dev, expiration: expect.stringMatching(/Z$/) },
        prod: { account: accounts.prod, region: 'us-east-1' },
      });
      for (const [name, account] of Object.entries(accounts)) {
        const whoami = await job.run(ACTION_NODE, [WHOAMI], { env: { AWS_PROFILE: name } });
        expect(JSON.parse(whoami.stdout)).toMatchObject({ Account: account });
      }
      const config = await readFile(path.join(job.home, '.aws/config'), 'utf8');
      expect(config).toContain(
        '[profile dev]\nregion = eu-west-1\noutput = json\ns3 =\n  max_concurrent_requests = 20\n[profile prod]\nregion = us-east-1\n',
      );
      await finish();
      expect(await readdir(job.home)).toEqual([]);
    }));

  test('twenty accounts: 21 requests', () => {
    const { world, profiles } = fanOut(20);
    return withJob({ world }, async ({ lab, uses }) => {
      const step = await uses({ ...REGION, profiles });
      expect(step.exitCode).toBe(0);
      expect(lab.traffic.counts()).toEqual({
        oidc: 1,
        sts: 21,
        AssumeRoleWithWebIdentity: 1,
        AssumeRole: 20,
      });
      expect(Object.keys(JSON.parse(step.outputs.profiles ?? ''))).toHaveLength(21);
    });
  });

  test('max-parallel bounds how many requests are under way', () => {
    const { world, profiles } = fanOut(8);
    return withJob({ world, latencyMs: 40 }, async ({ lab, uses }) => {
      await uses({ ...REGION, profiles, 'max-parallel': '2' });
      const { requests } = lab.traffic;
      const underWay = requests.map(
        ({ startedAt }) =>
          requests.filter(
            (other) =>
              other.server === 'sts' && other.startedAt <= startedAt && (other.endedAt ?? 0) > startedAt,
          ).length,
      );
      expect(Math.max(...underWay)).toBe(2);
    });
  });
});

describe('choosing', () => {
  test('select-profiles takes patterns and exclusions', () =>
    withJob({}, async ({ uses }) => {
      const step = await uses({ ...REGION, profiles: THREE, 'select-profiles': '*d* !hub' });
      expect(Object.keys(JSON.parse(step.outputs.profiles ?? ''))).toEqual(['dev', 'prod']);
    }));

  test('select-profiles delivers those named; what they start from is assumed for the shortest time', () =>
    withJob({}, async ({ lab, uses }) => {
      const step = await uses({ ...REGION, profiles: THREE, 'select-profiles': 'prod' });
      expect(Object.keys(JSON.parse(step.outputs.profiles ?? ''))).toEqual(['prod']);
      expect(lab.traffic.requests.map(({ parameters }) => parameters.DurationSeconds)).toEqual([
        undefined,
        '900',
        '3600',
      ]);
    }));

  test('default-profile exports its name alone; the region is in its section', () =>
    withJob({}, async ({ job, uses }) => {
      const step = await uses({ ...REGION, profiles: THREE, 'default-profile': 'prod' });
      expect(step.environment).toEqual({ AWS_PROFILE: 'prod' });
      expect(step.outputs['aws-account-id']).toBe('333333333333');
      const whoami = await job.run(ACTION_NODE, [WHOAMI]);
      expect(JSON.parse(whoami.stdout)).toMatchObject({ Account: '333333333333', Region: 'us-east-1' });
    }));

  test('a role that two profiles share is assumed once', () =>
    withJob({}, async ({ lab, uses }) => {
      const twice = `[profile a]\nrole_arn = ${HUB}\n[profile b]\nrole_arn = ${HUB}\nregion = us-east-1\n`;
      const step = await uses({ ...REGION, profiles: twice });
      expect(lab.traffic.counts()).toMatchObject({ sts: 1 });
      expect(Object.keys(JSON.parse(step.outputs.profiles ?? ''))).toEqual(['a', 'b']);
    }));

  test('profiles-file is read from the workspace', () =>
    withJob({}, async ({ job, uses }) => {
      await mkdir(path.join(job.workspace, '.aws'));
      await writeFile(path.join(job.workspace, '.aws/accounts.ini'), THREE.replaceAll('\n', '\r\n'));
      expect((await uses({ ...REGION, 'profiles-file': '.aws/accounts.ini' })).exitCode).toBe(0);
      expect(errorOf(await uses({ ...REGION, 'profiles-file': 'nowhere.ini' }))).toContain(
        'The input profiles-file is not valid',
      );
    }));

  test('a profiles-file that cannot be read is reported together with every other problem, before any request', () =>
    withJob({}, async ({ lab, uses }) => {
      const wrong = { 'profiles-file': 'nowhere.ini', 'action-timeout-s': '1m', 'select-profiles': 'a' };
      const main = { ...wrong, 'aws-region': 'nowhere', 'output-credentials': 'yes', 'role-to-assume': HUB };
      const problems = (message: string) => message.match(/(?<=The input )\S+(?= is not valid)/g);
      expect(problems(errorOf(await uses(main)))?.toSorted()).toEqual([
        'action-timeout-s',
        'aws-region',
        'output-credentials',
        'profiles-file',
        'role-to-assume',
      ]);
      const exec = await uses({ ...REGION, ...wrong, shell: 'fish' }, { action: 'exec' });
      expect(problems(errorOf(exec))?.toSorted()).toEqual([
        'action-timeout-s',
        'profiles-file',
        'run',
        'shell',
      ]);
      const matrix = { 'profiles-file': 'nowhere.ini', 'aws-region': 'nowhere' };
      expect(problems(errorOf(await uses(matrix, { action: 'matrix' })))?.toSorted()).toEqual([
        'aws-region',
        'profiles-file',
      ]);
      expect(lab.traffic.requests).toEqual([]);
    }));

  test('identities of their own: a token file, the environment', () =>
    withJob({}, async ({ lab, job, uses }) => {
      await writeFile(path.join(job.workspace, 'token'), await lab.oidc.mint('sts.amazonaws.com'));
      const profiles = `[profile file]\nrole_arn = ${HUB}\nweb_identity_token_file = token\n[profile env]\nrole_arn = arn:aws:iam::111111111111:role/by-user\ncredential_source = Environment\nexternal_id = xy\nsession_tags = {"Team": "payments"}\n`;
      const env = {
        AWS_ACCESS_KEY_ID: 'AKIALABUSER000000001',
        AWS_SECRET_ACCESS_KEY: 'lab0secret/of+the0user/ci0000000000000001',
      };
      const step = await uses({ ...REGION, profiles }, { env });
      expect(step.exitCode).toBe(0);
      expect(lab.traffic.counts()).toEqual({ oidc: 0, sts: 2, AssumeRoleWithWebIdentity: 1, AssumeRole: 1 });
      const { parameters } = lab.traffic.requests.find(({ operation }) => operation === 'AssumeRole') ?? {};
      expect(parameters).toMatchObject({ ExternalId: 'xy' });
      expect(Object.values(parameters ?? {})).toContain('payments');
    }));

  test('a dry run prints the graph', () =>
    withJob({}, async ({ lab, uses }) => {
      const step = await uses({ ...REGION, profiles: THREE, 'dry-run': 'true', 'default-profile': 'dev' });
      expect(step.log).toContain(
        'dev: AssumeRole arn:aws:iam::222222222222:role/deploy with the credentials of hub, for 3600 s, as octo-org.octo-app-42, delivered as profile dev, the default',
      );
      expect(lab.traffic.counts().sts).toBe(0);
    }));
});

describe('a branch that fails', () => {
  const BROKEN = `${THREE}
[profile broken]
source_profile = hub
role_arn = arn:aws:iam::222222222222:role/missing
[profile below]
source_profile = broken
role_arn = arn:aws:iam::333333333333:role/deploy
`;

  test('fails the step; the error lists every failed profile, and nothing is delivered', () =>
    withJob({}, async ({ job, uses }) => {
      const step = await uses({ ...REGION, profiles: BROKEN });
      const message = errorOf(step);
      expect(message).toMatch(
        /^2 of 5 profiles could not be obtained; nothing was delivered\. \[PROFILES_FAILED\]\n {2}broken, below: STS did not allow the caller to assume .*missing\. \[STS_ACCESS_DENIED\]\n {4}found: /,
      );
      expect(traces(step)).toEqual(NO_TRACES);
      expect(await readdir(job.home)).toEqual([]);
    }));

  test('with allow-partial the rest is delivered, and an output has the names', () =>
    withJob({}, async ({ uses }) => {
      const step = await uses({ ...REGION, profiles: BROKEN, 'allow-partial': 'true' });
      expect(step.exitCode).toBe(0);
      expect(Object.keys(JSON.parse(step.outputs.profiles ?? ''))).toEqual(['hub', 'dev', 'prod']);
      expect(JSON.parse(step.outputs['failed-profiles'] ?? '')).toEqual(['broken', 'below']);
      expect(step.log).toMatch(
        /Warning: 2 of 5 profiles .*\[PROFILES_FAILED\]\n {2}broken, below: STS did not allow the caller to assume/,
      );
    }));

  test('of all, one cause is said once', () =>
    withJob({ idToken: false }, async ({ uses }) => {
      expect(errorOf(await uses({ ...REGION, profiles: THREE }))).toMatch(
        /^The job is not allowed to request an OIDC token/,
      );
    }));

  test('an account that is not allowed stops all of it', () =>
    withJob({}, async ({ job, uses }) => {
      const step = await uses({
        ...REGION,
        profiles: THREE,
        'allowed-account-ids': '111111111111,222222222222',
      });
      expect(errorOf(step)).toContain('account 333333333333');
      expect(traces(step)).toEqual(NO_TRACES);
      expect(await readdir(job.home)).toEqual([]);
    }));
});

describe('text that is wrong is refused with its line, before any request', () => {
  const role = `role_arn = ${HUB}`;
  test.each<[string, string, RegExp]>([
    [
      'credentials of another kind',
      `[profile a]\n${role}\ncredential_process = /bin/other\naws_secret_access_key = not shown`,
      /line 3, profile a, credential_process[\s\S]*line 4, profile a, aws_secret_access_key/,
    ],
    ['no header', role, /profiles, line 1/],
    ['a broken header', `[profile a\n${role}`, /profiles, line 1/],
    ['a name twice', `[profile a]\n${role}\n[profile a]\n${role}`, /profiles, line 3[\s\S]*also in line 1/],
    [
      'a key twice',
      `[profile a]\n${role}\nregion = eu-west-1\nregion = us-east-1`,
      /profiles, line 4[\s\S]*also in line 3/,
    ],
    ['no role', '[profile a]\nregion = eu-west-1', /line 1, profile a[\s\S]*no role_arn/],
    [
      'an unknown source',
      `[profile a]\n${role}\nsource_profile = b`,
      /line 3, profile a, source_profile[\s\S]*found: {4}b/,
    ],
    [
      'a cycle',
      `[profile a]\n${role}\nsource_profile = b\n[profile b]\n${role}\nsource_profile = a`,
      /a cycle: a → b → a/,
    ],
    [
      'an unknown credential_source',
      `[profile a]\n${role}\ncredential_source = Moon`,
      /line 3, profile a, credential_source[\s\S]*GitHubOidc/,
    ],
    [
      'two sources',
      `[profile a]\n${role}\n[profile b]\n${role}\nsource_profile = a\ncredential_source = GitHubOidc`,
      /source_profile and credential_source/,
    ],
    ['a bad duration', `[profile a]\n${role}\nduration_seconds = 2h`, /line 3, profile a, duration_seconds/],
    ['a bare role name', '[profile a]\nrole_arn = deploy', /line 2, profile a, role_arn/],
    ['another partition', '[profile a]\nrole_arn = arn:aws-cn:iam::111111111111:role/x', /partition aws/],
    [
      'mfa_serial without a code',
      `[profile a]\n${role}\nmfa_serial = arn:aws:iam::111111111111:mfa/ci`,
      /mfa-totp-secret/,
    ],
    ['a policy that is none', `[profile a]\n${role}\nsession_policy = {`, /session_policy/],
  ])('%s', (_what, profiles, expected) =>
    withJob({}, async ({ lab, uses }) => {
      expect(errorOf(await uses({ ...REGION, profiles }))).toMatch(expected);
      expect(lab.traffic.requests).toEqual([]);
    }),
  );

  test.each([
    ['role-to-assume', HUB],
    ['role-chain', HUB],
    ['aws-profile', 'x'],
    ['default-profile', 'nobody'],
    ['select-profiles', 'hub,nobody'],
    ['profiles-file', 'x'],
  ])('%s beside profiles', (input, value) =>
    withJob({}, async ({ lab, uses }) => {
      expect(errorOf(await uses({ ...REGION, profiles: THREE, [input]: value }))).toContain(
        `The input ${input} is not valid`,
      );
      expect(lab.traffic.requests).toEqual([]);
    }),
  );
});

describe('job-summary', () => {
  test('has a table and a diagram', () =>
    withJob({}, async ({ uses }) => {
      const { summary } = await uses({ ...REGION, profiles: THREE, 'job-summary': 'true' });
      expect(summary).toMatch(/\| dev \| 222222222222 \| deploy \| eu-west-1 \| \d{4}-/);
      expect(summary).toContain(
        '```mermaid\ngraph LR\n  identity["github-oidc"] --> n0["hub: arn:aws:iam::111111111111:role/deploy-hub"]\n  n0 --> n1["dev: ',
      );
    }));

  test('hides accounts with mask-aws-account-id', () =>
    withJob({}, async ({ uses }) => {
      const inputs = { ...REGION, profiles: THREE, 'job-summary': 'true', 'mask-aws-account-id': 'true' };
      const { summary } = await uses(inputs);
      expect(summary).toContain('| dev |');
      expect(summary).not.toMatch(/\d{12}/);
    }));
});
