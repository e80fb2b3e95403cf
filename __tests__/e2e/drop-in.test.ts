import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { ACTION_NODE } from '../../lab/job.ts';
import {
  DEPLOY,
  errorOf,
  HUB,
  MINIMAL,
  NO_TRACES,
  SPOKE,
  traces,
  USER_KEYS,
  withJob,
} from '../support/harness.ts';

const WHOAMI = path.join(import.meta.dirname, '../../lab/whoami.ts');
const BY_USER = 'arn:aws:iam::111111111111:role/by-user';
const denied = { ...MINIMAL, 'role-to-assume': `${DEPLOY}-nobody-trusts` };

describe('environment variables supply inputs', () => {
  const env = {
    AWS_REGION: 'eu-central-1',
    ROLE_TO_ASSUME: DEPLOY,
    ROLE_DURATION_SECONDS: '1800',
    ROLE_SESSION_NAME: 'from-env',
  };

  test('by the name of the input in upper case', () =>
    withJob({ env }, async ({ lab, uses }) => {
      const step = await uses({});
      expect(step.environment.AWS_REGION).toBe('eu-central-1');
      expect(lab.traffic.requests[1]?.parameters).toMatchObject({
        RoleArn: DEPLOY,
        DurationSeconds: '1800',
        RoleSessionName: 'from-env',
      });
    }));

  test('but not over an input', () =>
    withJob({ env }, async ({ lab, uses }) => {
      await uses({ 'role-session-name': 'from-input' });
      expect(lab.traffic.requests[1]?.parameters.RoleSessionName).toBe('from-input');
    }));

  test('and not with translate-env-variables: false', () =>
    withJob({ env }, async ({ uses }) => {
      expect(errorOf(await uses({ 'translate-env-variables': 'false' }))).toContain(
        'The input aws-region is not valid',
      );
    }));

  test("the SDKs' own variables are no inputs: keys and AWS_PROFILE", () =>
    withJob(
      { env: { AWS_PROFILE: 'p', AWS_ACCESS_KEY_ID: 'x', AWS_SECRET_ACCESS_KEY: 'y' } },
      async ({ job, uses }) => {
        expect((await uses(MINIMAL)).exitCode).toBe(0);
        expect(await readdir(job.home)).toEqual([]);
      },
    ));
});

describe('aws-profile', () => {
  const profile = { ...MINIMAL, 'aws-profile': 'deploy' };

  test('is instead of variables; a later step uses it; the post step leaves nothing', () =>
    withJob({}, async ({ job, uses, finish }) => {
      const step = await uses(profile);
      expect(step.environment).toEqual({});
      const folder = path.join(job.home, '.aws');
      for (const name of ['config', 'credentials'])
        expect((await stat(path.join(folder, name))).mode & 0o777).toBe(0o600);
      const whoami = await job.run(ACTION_NODE, [WHOAMI], { env: { AWS_PROFILE: 'deploy' } });
      expect(whoami.stdout).toContain('assumed-role/deploy/octo-org.octo-app-42');
      const [post] = await finish();
      expect(post?.log).toContain('Removed the profiles from');
      expect(await readdir(job.home)).toEqual([]);
    }));

  test('with output-env-credentials: true comes beside them, and is the default of later steps', () =>
    withJob({}, async ({ uses }) => {
      const step = await uses({ ...profile, 'output-env-credentials': 'true' });
      expect(Object.keys(step.environment).toSorted()).toEqual([
        'AWS_ACCESS_KEY_ID',
        'AWS_DEFAULT_REGION',
        'AWS_PROFILE',
        'AWS_REGION',
        'AWS_SECRET_ACCESS_KEY',
        'AWS_SESSION_TOKEN',
      ]);
    }));

  test('that exists is kept, unless overwrite-aws-profile; and comes back', () =>
    withJob({}, async ({ job, uses, finish }) => {
      const files = {
        config: '[profile deploy]\nregion = us-west-2 # mine\ns3 =\n  x = 1',
        credentials: '# keys\n[deploy]\naws_access_key_id = A\n',
      };
      await mkdir(path.join(job.home, '.aws'));
      for (const [name, text] of Object.entries(files))
        await writeFile(path.join(job.home, '.aws', name), text);
      const refused = await uses(profile);
      expect(errorOf(refused)).toMatch(/\[deploy\] in .*credentials\. \[PROFILE_EXISTS\]/);
      expect(traces(refused)).toEqual(NO_TRACES);

      expect((await uses({ ...profile, 'overwrite-aws-profile': 'true' })).exitCode).toBe(0);
      const whoami = await job.run(ACTION_NODE, [WHOAMI], { env: { AWS_PROFILE: 'deploy' } });
      expect(whoami.stdout).toContain('assumed-role/deploy/');
      await finish();
      for (const [name, text] of Object.entries(files)) {
        expect(await readFile(path.join(job.home, '.aws', name), 'utf8')).toBe(text);
      }
    }));

  test('goes where AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE say', () =>
    withJob({}, async ({ job, uses, finish }) => {
      const env = {
        AWS_CONFIG_FILE: path.join(job.temp, 'c/config'),
        AWS_SHARED_CREDENTIALS_FILE: path.join(job.temp, 'c/keys'),
      };
      Object.assign(job.environment, env);
      await uses(profile);
      expect((await readdir(path.join(job.temp, 'c'))).toSorted()).toEqual(['config', 'keys']);
      await finish();
      expect(await readdir(job.temp)).not.toContain('c');
    }));

  test.each(['a b', 'a/b', '[a]', 'a\nb', 'a;b'])('%j is no name', (name) =>
    withJob({}, async ({ uses }) => {
      expect(errorOf(await uses({ ...profile, 'aws-profile': name }))).toContain(
        'The input aws-profile is not valid',
      );
    }),
  );
});

test('unset-current-credentials clears what nothing replaces', () =>
  withJob(
    { env: { AWS_SESSION_TOKEN: 'old', AWS_ACCESS_KEY_ID: 'old', AWS_DEFAULT_REGION: 'old' } },
    async ({ uses }) => {
      const inputs = {
        ...MINIMAL,
        'unset-current-credentials': 'true',
        'aws-profile': 'p',
        'export-region': 'false',
      };
      expect((await uses(inputs)).environment).toEqual({
        AWS_ACCESS_KEY_ID: '',
        AWS_SECRET_ACCESS_KEY: '',
        AWS_SESSION_TOKEN: '',
      });
    },
  ));

test('mask-aws-access-key-id: false leaves the id readable, the rest masked', () =>
  withJob({}, async ({ job, uses }) => {
    const step = await uses({ ...MINIMAL, 'mask-aws-access-key-id': 'false' });
    expect(job.masks.has(step.environment.AWS_ACCESS_KEY_ID ?? '')).toBe(false);
    expect(job.masks.has(step.environment.AWS_SECRET_ACCESS_KEY ?? '')).toBe(true);
  }));

/** Each was measured on the peer, v6.2.3, and is here right. */
describe('defects of the peer', () => {
  test('a denied role: 12 identical calls and a minute of waiting', () =>
    withJob({}, async ({ lab, uses }) => {
      errorOf(await uses(denied));
      expect(lab.traffic.counts().sts).toBe(3);
    }));

  test('a missing id-token permission: retried for a minute and a half', () =>
    withJob({ idToken: false }, async ({ lab, uses }) => {
      expect(errorOf(await uses(MINIMAL))).toContain('id-token: write');
      expect(lab.traffic.requests).toEqual([]);
    }));

  test('malformed custom-tags: retried like a broken connection', () =>
    withJob({}, async ({ lab, uses }) => {
      errorOf(await uses({ ...MINIMAL, 'custom-tags': '{oops' }));
      expect(lab.traffic.requests).toEqual([]);
    }));

  test('throttling: two retry layers multiply', () =>
    withJob({}, async ({ lab, uses }) => {
      const kind = { name: 'error', code: 'Throttling', message: 'Rate exceeded', status: 400 } as const;
      lab.traffic.inject({ server: 'sts', kind, times: 100 });
      errorOf(await uses({ ...MINIMAL, 'retry-max-attempts': '2' }));
      expect(lab.traffic.counts().sts).toBe(2);
    }));

  test("a failed allowed-account-ids leaves the wrong account's credentials behind", () =>
    withJob({}, async ({ uses, finish }) => {
      const step = await uses({ ...MINIMAL, 'allowed-account-ids': '999999999999' });
      expect(traces(step)).toEqual(NO_TRACES);
      expect((await finish()).map(traces)).toEqual([NO_TRACES]);
    }));

  test('static keys with a profile and a role leave the long-lived key on disk after failing', () =>
    withJob({}, async ({ job, uses }) => {
      const step = await uses({
        'aws-region': 'eu-west-1',
        ...USER_KEYS,
        'aws-profile': 'p',
        'role-to-assume': `${BY_USER}-not`,
      });
      errorOf(step);
      expect(await readdir(job.home)).toEqual([]);
    }));

  test('use-existing-credentials: false turns it on', () =>
    withJob({}, async ({ lab, uses }) => {
      await uses(MINIMAL);
      await uses({ ...MINIMAL, 'use-existing-credentials': 'false' });
      expect(lab.traffic.counts()).toMatchObject({ AssumeRoleWithWebIdentity: 2 });
    }));

  test('use-existing-credentials accepts a valid session of any account', () =>
    withJob({}, async ({ uses }) => {
      await uses({ ...MINIMAL, 'role-to-assume': HUB, 'role-chain': SPOKE });
      const step = await uses({ ...MINIMAL, 'use-existing-credentials': 'true' });
      expect(step.log).toContain(
        'are not used: they belong to arn:aws:sts::222222222222:assumed-role/deploy/',
      );
      expect(step.outputs['aws-account-id']).toBe('111111111111');
    }));

  test('a leading comma disables allowed-account-ids', () =>
    withJob({}, async ({ uses }) => {
      expect(errorOf(await uses({ ...MINIMAL, 'allowed-account-ids': ',999999999999' }))).toContain(
        'ACCOUNT_NOT_ALLOWED',
      );
    }));

  test('role-duration-seconds: 2h is sent as 2', () =>
    withJob({}, async ({ uses }) => {
      expect(errorOf(await uses({ ...MINIMAL, 'role-duration-seconds': '2h' }))).toContain('found:    2h');
    }));

  test('retry-max-attempts: 0 becomes 12', () =>
    withJob({}, async ({ lab, uses }) => {
      errorOf(await uses({ ...denied, 'retry-max-attempts': '0' }));
      expect(lab.traffic.counts().sts).toBe(1);
    }));

  test('aws-expiration carries quote characters', () =>
    withJob({}, async ({ uses }) => {
      const { outputs, environment } = await uses({ ...MINIMAL, 'output-credentials': 'true' });
      expect(outputs).toMatchObject({
        'aws-access-key-id': environment.AWS_ACCESS_KEY_ID,
        'aws-secret-access-key': environment.AWS_SECRET_ACCESS_KEY,
        'aws-session-token': environment.AWS_SESSION_TOKEN,
      });
      expect(new Date(outputs['aws-expiration'] ?? '').toISOString()).toBe(outputs['aws-expiration']);
    }));

  test('force-skip-oidc refuses the ambient credentials it was made for', () =>
    withJob(
      {
        env: {
          AWS_ACCESS_KEY_ID: USER_KEYS['aws-access-key-id'],
          AWS_SECRET_ACCESS_KEY: USER_KEYS['aws-secret-access-key'],
        },
      },
      async ({ lab, uses }) => {
        const step = await uses({
          'aws-region': 'eu-west-1',
          'role-to-assume': BY_USER,
          'force-skip-oidc': 'true',
        });
        expect(step.exitCode).toBe(0);
        expect(lab.traffic.counts()).toEqual({ oidc: 0, sts: 1, AssumeRole: 1 });
      },
    ));

  test('a bare role name always gets the aws partition', () =>
    withJob({}, async ({ uses }) => {
      const step = await uses({
        'aws-region': 'us-gov-west-1',
        'role-to-assume': 'deploy',
        'allowed-account-ids': '111111111111',
        'dry-run': 'true',
      });
      expect(step.log).toContain('arn:aws-us-gov:iam::111111111111:role/deploy');
    }));

  test('writing a profile drops comments and flattens nested blocks', () =>
    withJob({}, async ({ job, uses }) => {
      const config = '# mine\n[profile other]\ns3 =\n  max_concurrent_requests = 20\n';
      await mkdir(path.join(job.home, '.aws'));
      await writeFile(path.join(job.home, '.aws/config'), config);
      await uses({ ...MINIMAL, 'aws-profile': 'p' });
      expect(await readFile(path.join(job.home, '.aws/config'), 'utf8')).toMatch(
        /^# mine\n\[profile other\]\ns3 =\n {2}max_concurrent_requests = 20\n/,
      );
    }));

  test('the post step blanks variables instead of restoring them, and leaves profile files', () =>
    withJob({ env: { AWS_REGION: 'us-west-2' } }, async ({ job, uses, finish }) => {
      await uses({ ...MINIMAL, 'aws-profile': 'p', 'output-env-credentials': 'true' });
      await finish();
      expect(job.environment).toMatchObject({ AWS_REGION: 'us-west-2', AWS_PROFILE: '' });
      expect(await readdir(job.home)).toEqual([]);
    }));

  test('two STS calls for OIDC, three for static keys with a role', () =>
    withJob({}, async ({ lab, uses }) => {
      await uses(MINIMAL);
      expect(lab.traffic.counts().sts).toBe(1);
      await uses({ 'aws-region': 'eu-west-1', ...USER_KEYS, 'role-to-assume': BY_USER });
      expect(lab.traffic.counts().sts).toBe(2);
    }));
});
