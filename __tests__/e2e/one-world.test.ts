import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { ACTION_NODE } from '../../lab/job.ts';
import { DEPLOY, errorOf, HUB, MINIMAL, NO_TRACES, SPOKE, traces, withJob } from '../support/harness.ts';

/** What one step leaves behind for the others. `__tests__/clients/` shows the same with real clients. */
const WHOAMI = path.resolve('lab/whoami.ts');
const KEYS = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'];
const NO_KEYS = Object.fromEntries(KEYS.map((name) => [name, '']));
const PROFILES = `[profile hub]
role_arn = ${HUB}
[profile dev]
source_profile = hub
role_arn = ${SPOKE}
region = us-east-1
`;
const GRAPH = { 'aws-region': 'eu-west-1', profiles: PROFILES };

describe('the region', () => {
  test.each<[string, Record<string, string>]>([
    ['profiles', GRAPH],
    ['aws-profile', { ...MINIMAL, 'aws-profile': 'blue' }],
    ['output-env-credentials: false', { ...MINIMAL, 'output-env-credentials': 'false' }],
  ])('%s leaves that of the job alone', (_name, inputs) =>
    withJob({ env: { AWS_REGION: 'ap-south-1' } }, async ({ uses }) => {
      expect((await uses(inputs)).environment).toEqual({});
      expect((await uses({ ...inputs, 'export-region': 'true' }, {})).exitCode).toBe(
        inputs['aws-profile'] === undefined && inputs.profiles === undefined ? 0 : 1,
      );
    }),
  );

  test('goes with aws-profile where the keys do', () =>
    withJob({}, async ({ uses }) => {
      const inputs = { ...MINIMAL, 'aws-profile': 'blue', 'output-env-credentials': 'true' };
      expect((await uses(inputs)).environment).toMatchObject({
        AWS_PROFILE: 'blue',
        AWS_REGION: 'eu-west-1',
      });
    }));

  test.each(['process', 'broker'])('goes with a flat refresh: %s', (refresh) =>
    withJob({}, async ({ uses, finish }) => {
      const { environment } = await uses({ ...MINIMAL, refresh });
      expect(environment).toMatchObject({ AWS_REGION: 'eu-west-1', AWS_DEFAULT_REGION: 'eu-west-1' });
      await finish();
    }),
  );

  test('of the default profile replaces one that an earlier step exported', () =>
    withJob({}, async ({ uses }) => {
      await uses(MINIMAL);
      expect((await uses({ ...GRAPH, 'default-profile': 'dev' })).environment).toEqual({
        ...NO_KEYS,
        AWS_PROFILE: 'dev',
        AWS_REGION: 'us-east-1',
        AWS_DEFAULT_REGION: 'us-east-1',
      });
    }));

  test('that nobody had set before stays after logout, as clients refuse an empty one', () =>
    withJob({}, async ({ job, uses, finish }) => {
      await uses(MINIMAL);
      expect((await uses({}, { action: 'logout' })).environment).toEqual(NO_KEYS);
      await finish();
      expect(job.environment.AWS_REGION).toBe('eu-west-1');
    }));
});

describe('the last step', () => {
  test.each(['process', 'broker'])('wins with default-profile and refresh: %s', (refresh) =>
    withJob({}, async ({ job, uses, finish }) => {
      await uses(MINIMAL);
      const { environment } = await uses({ ...GRAPH, 'default-profile': 'dev', refresh });
      expect(environment).toMatchObject({ ...NO_KEYS, AWS_PROFILE: 'dev', AWS_REGION: 'us-east-1' });
      expect((await job.run(ACTION_NODE, [WHOAMI])).stdout).toContain('222222222222:assumed-role/deploy/');
      await finish();
    }),
  );

  test('points AWS_DEFAULT_PROFILE to the same, which boto3 takes first', () =>
    withJob({ env: { AWS_DEFAULT_PROFILE: 'theirs' } }, async ({ job, uses, finish }) => {
      const { environment } = await uses({ ...GRAPH, 'default-profile': 'dev' });
      expect(environment).toEqual({ AWS_PROFILE: 'dev', AWS_DEFAULT_PROFILE: 'dev' });
      await finish();
      expect(job.environment.AWS_DEFAULT_PROFILE).toBe('theirs');
    }));

  test('logs out to a default profile that a later aws-profile may take', () =>
    withJob({}, async ({ job, uses, finish }) => {
      await uses({ ...MINIMAL, refresh: 'process' });
      await uses({}, { action: 'logout' });
      expect(job.environment.AWS_PROFILE).toBe('default');
      expect((await uses({ ...MINIMAL, 'aws-profile': 'default' })).exitCode).toBe(0);
      // Clients do not read a section [profile default] where there is a [default].
      expect(await readFile(path.join(job.home, '.aws/config'), 'utf8')).toMatch(/^\[default\]\nregion = /m);
      const whoami = await job.run(ACTION_NODE, [WHOAMI]);
      expect(whoami.stdout).toContain('111111111111:assumed-role/deploy/');
      await finish();
    }));

  test('exec with profiles is in none of the job’s regions, and none of its sessions', () =>
    withJob({}, async ({ lab, uses }) => {
      await uses(MINIMAL);
      const run = `echo "key=$AWS_ACCESS_KEY_ID region=$AWS_REGION$AWS_DEFAULT_REGION profile=$AWS_PROFILE"; "${ACTION_NODE}" "${WHOAMI}"`;
      const env = { AWS_ENDPOINT_URL_STS: lab.sts.url };
      const step = await uses({ ...GRAPH, 'default-profile': 'dev', run }, { action: 'exec', env });
      expect(step.stdout).toContain('key= region= profile=dev');
      expect(step.stdout).toContain('222222222222:assumed-role/deploy/');
      expect(step.stdout).toContain('us-east-1');
    }));
});

describe('the log says what is in force', () => {
  test('for each profile: who, in which region, how', () =>
    withJob({}, async ({ uses }) => {
      const { log } = await uses({ ...GRAPH, 'default-profile': 'hub' });
      expect(log).toContain(
        'aws sts get-caller-identity: arn:aws:sts::111111111111:assumed-role/deploy-hub/octo-org.octo-app-42 in eu-west-1',
      );
      expect(log).toContain('aws --profile dev: arn:aws:sts::222222222222:assumed-role/deploy/');
    }));

  test('with the keys and the region of an earlier step', () =>
    withJob({}, async ({ uses }) => {
      await uses({ ...MINIMAL, 'role-to-assume': DEPLOY });
      const { log } = await uses(GRAPH);
      expect(log).toContain('aws sts get-caller-identity: the keys in the environment, as before this step');
      expect(log).toContain('aws --profile dev --region us-east-1: ');
    }));

  test('a warning where keys hide the profiles, and where a profile of others stands beside keys', () =>
    withJob({}, async ({ uses }) => {
      const keys = { ...GRAPH, 'default-profile': 'dev', 'output-env-credentials': 'true' };
      const { log } = await uses(keys);
      expect(log).toContain('Warning: output-env-credentials: true exports the keys and the region of dev');
      await withJob({ env: { AWS_PROFILE: 'theirs' } }, async (other) => {
        expect((await other.uses(MINIMAL)).log).toContain('Warning: AWS_PROFILE is theirs');
      });
    }));
});

test('without a home folder profiles are refused, and nothing is written', () =>
  withJob({}, async ({ job, uses }) => {
    const step = await uses({ ...MINIMAL, 'aws-profile': 'blue' }, { env: { HOME: '', USERPROFILE: '' } });
    expect(errorOf(step)).toContain('neither HOME nor USERPROFILE');
    expect(traces(step)).toEqual(NO_TRACES);
    const files = path.join(job.temp, 'files');
    const env = {
      HOME: '',
      USERPROFILE: '',
      AWS_CONFIG_FILE: `${files}-config`,
      AWS_SHARED_CREDENTIALS_FILE: `${files}-credentials`,
    };
    expect((await uses({ ...MINIMAL, 'aws-profile': 'blue' }, { env })).exitCode).toBe(0);
    expect(await readFile(`${files}-config`, 'utf8')).toContain('[profile blue]');
  }));
