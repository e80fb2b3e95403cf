import { describe, expect, test } from '@jest/globals';
import {
  DEPLOY,
  errorOf,
  HUB,
  MINIMAL,
  NO_TRACES,
  OTHER_SPOKE,
  SPOKE,
  snapshotOf,
  traces,
  USER_KEYS,
  withJob,
} from '../support/harness.ts';

const CREDENTIALS = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'];
const REGION = ['AWS_REGION', 'AWS_DEFAULT_REGION'];

describe('one role', () => {
  test('takes one OIDC request and one STS request, and hands credentials and region on', () =>
    withJob({}, async ({ lab, uses, finish }) => {
      const step = await uses(MINIMAL);
      expect(snapshotOf(step, lab)).toMatchSnapshot();
      expect(lab.traffic.counts()).toEqual({ oidc: 1, sts: 1, AssumeRoleWithWebIdentity: 1 });
      const [post] = await finish();
      expect(snapshotOf(post ?? step, lab)).toMatchSnapshot();
    }));

  test('sends the defaults', () =>
    withJob({}, async ({ lab, uses }) => {
      await uses(MINIMAL);
      const [token, assume] = lab.traffic.requests;
      expect(token?.parameters).toMatchObject({ audience: 'sts.amazonaws.com', 'api-version': '2.0' });
      const { WebIdentityToken, ...parameters } = assume?.parameters ?? {};
      expect(parameters).toEqual({
        Action: 'AssumeRoleWithWebIdentity',
        Version: '2011-06-15',
        RoleArn: DEPLOY,
        RoleSessionName: 'octo-org.octo-app-42',
        DurationSeconds: '3600',
      });
      expect(assume?.headers.authorization).toBeUndefined();
    }));

  test('sends what the inputs ask for', () =>
    withJob({}, async ({ lab, uses }) => {
      lab.world.accounts['111111111111']?.oidcProviders[0]?.audiences.push('team-x');
      const role = lab.world.accounts['111111111111']?.roles[0];
      if (role === undefined) throw new Error('the world of this test is wrong');
      role.maxSessionSeconds = 7200;
      role.trustPolicy = JSON.parse(JSON.stringify(role.trustPolicy).replace('sts.amazonaws.com', 'team-x'));
      const step = await uses({
        ...MINIMAL,
        audience: 'team-x',
        'role-duration-seconds': '7200',
        'role-session-name': 'release@42',
        'inline-session-policy':
          '{ "Version": "2012-10-17", "Statement": [{ "Effect": "Allow", "Action": "s3:*", "Resource": "*" }] }',
        'managed-session-policies':
          'arn:aws:iam::aws:policy/ReadOnlyAccess\narn:aws:iam::111111111111:policy/x',
      });
      expect(step.exitCode).toBe(0);
      expect(lab.traffic.requests[1]?.parameters).toMatchObject({
        DurationSeconds: '7200',
        RoleSessionName: 'release@42',
        Policy: '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}',
        'PolicyArns.member.1.arn': 'arn:aws:iam::aws:policy/ReadOnlyAccess',
        'PolicyArns.member.2.arn': 'arn:aws:iam::111111111111:policy/x',
      });
    }));
});

describe('a chain', () => {
  test('of three takes one OIDC request and three STS requests', () =>
    withJob({}, async ({ lab, uses }) => {
      lab.world.accounts['333333333333']?.roles.push({
        name: 'last',
        trustPolicy: {
          Statement: {
            Effect: 'Allow',
            Principal: { AWS: SPOKE },
            Action: ['sts:AssumeRole', 'sts:TagSession'],
          },
        },
      });
      const chain = `${SPOKE}\narn:aws:iam::333333333333:role/last`;
      const step = await uses({ ...MINIMAL, 'role-to-assume': HUB, 'role-chain': chain });
      expect(step.outputs['authenticated-arn']).toBe(
        'arn:aws:sts::333333333333:assumed-role/last/octo-org.octo-app-42',
      );
      expect(lab.traffic.counts()).toEqual({ oidc: 1, sts: 3, AssumeRoleWithWebIdentity: 1, AssumeRole: 2 });
    }));

  test('asks for an hour at most, says so, and lets sessions on the way last as short as can be', () =>
    withJob({}, async ({ lab, uses }) => {
      const step = await uses({
        ...MINIMAL,
        'role-to-assume': HUB,
        'role-chain': SPOKE,
        'role-duration-seconds': '7200',
      });
      expect(step.exitCode).toBe(0);
      expect(step.log).toContain(
        'Warning: role-duration-seconds is 7200, but a chained session lasts at most 3600 s',
      );
      expect(lab.traffic.requests.map(({ parameters }) => parameters.DurationSeconds)).toEqual([
        undefined,
        '900',
        '3600',
      ]);
    }));

  test('sends the external id on hops', () =>
    withJob({}, async ({ lab, uses }) => {
      const policy = lab.world.accounts['222222222222']?.roles[0]?.trustPolicy.Statement;
      Object.assign([policy].flat()[0] ?? {}, {
        Condition: { StringEquals: { 'sts:ExternalId': 'ours-7b1f' } },
      });
      const inputs = { ...MINIMAL, 'role-to-assume': HUB, 'role-chain': SPOKE };
      expect(errorOf(await uses(inputs))).toContain('STS_ACCESS_DENIED');
      expect((await uses({ ...inputs, 'role-external-id': 'ours-7b1f' })).exitCode).toBe(0);
    }));
});

describe('what is delivered', () => {
  test.each([
    [{}, [...CREDENTIALS, ...REGION], []],
    [
      { 'output-credentials': 'true' },
      [...CREDENTIALS, ...REGION],
      ['aws-access-key-id', 'aws-secret-access-key', 'aws-session-token'],
    ],
    [{ 'output-env-credentials': 'false' }, [], []],
    [{ 'export-region': 'false' }, CREDENTIALS, []],
    [{ 'export-region': 'true', 'output-env-credentials': 'false' }, REGION, []],
  ])('%j', (inputs, variables, secretOutputs) =>
    withJob({}, async ({ uses }) => {
      const step = await uses({ ...MINIMAL, ...inputs });
      const always = [
        'aws-account-id',
        'authenticated-arn',
        'assumed-role-id',
        'sts-request-id',
        'aws-expiration',
      ];
      expect(Object.keys(step.environment).toSorted()).toEqual([...variables].toSorted());
      expect(Object.keys(step.outputs).toSorted()).toEqual([...always, ...secretOutputs].toSorted());
      expect(step.outputs['aws-expiration']).toMatch(/^\d{4}-\d\d-\d\dT[\d:]+\.000Z$/);
    }),
  );

  test('mask-aws-account-id hides an account that only STS named, in the error of a guard as well', () =>
    withJob({}, async ({ uses }) => {
      const { log, exitCode } = await uses({
        'aws-region': 'eu-west-1',
        ...USER_KEYS,
        'allowed-account-ids': '999999999999',
        'mask-aws-account-id': 'true',
      });
      expect(exitCode).toBe(1);
      expect(log).toContain('[ACCOUNT_NOT_ALLOWED]');
      expect(log).not.toContain('111111111111');
    }));

  test('mask-aws-account-id hides the account everywhere in the log', () =>
    withJob({}, async ({ uses }) => {
      const step = await uses({ ...MINIMAL, 'mask-aws-account-id': 'true' });
      expect(step.exitCode).toBe(0);
      expect(step.log).not.toContain('111111111111');
      const failed = await uses({
        ...MINIMAL,
        'mask-aws-account-id': 'true',
        'role-to-assume': `${DEPLOY} 222222222222`,
      });
      expect(errorOf(failed)).toContain('role-to-assume');
      expect(failed.log).not.toMatch(/\d{12}/);
    }));
});

describe('the post step', () => {
  test('gives back what the step found; what was not set becomes empty, and the region that of the other variable', () =>
    withJob(
      {
        env: {
          AWS_REGION: 'us-west-2',
          AWS_ACCESS_KEY_ID: 'AKIAOLD',
          AWS_SECRET_ACCESS_KEY: 'old secret of the user',
        },
      },
      async ({ job, uses, finish }) => {
        const step = await uses(MINIMAL);
        expect(
          step.commands.filter(({ command }) => command === 'add-mask').map(({ message }) => message),
        ).toContain('old secret of the user');
        expect(job.environment.AWS_REGION).toBe('eu-west-1');
        await finish();
        expect(job.environment).toMatchObject({
          AWS_REGION: 'us-west-2',
          AWS_DEFAULT_REGION: 'us-west-2',
          AWS_ACCESS_KEY_ID: 'AKIAOLD',
          AWS_SECRET_ACCESS_KEY: 'old secret of the user',
          AWS_SESSION_TOKEN: '',
        });
      },
    ));

  test('of two invocations nests', () =>
    withJob({ env: { AWS_REGION: 'us-west-2' } }, async ({ job, uses, finish }) => {
      await uses(MINIMAL);
      const first = { ...job.environment };
      await uses({
        ...MINIMAL,
        'aws-region': 'eu-central-1',
        'role-to-assume': HUB,
        'role-chain': OTHER_SPOKE,
      });
      expect(job.environment.AWS_REGION).toBe('eu-central-1');
      const [second] = await finish();
      expect(second?.environment.AWS_SECRET_ACCESS_KEY).toBe(first.AWS_SECRET_ACCESS_KEY);
      expect(second?.environment.AWS_REGION).toBe('eu-west-1');
      expect(job.environment).toMatchObject({ AWS_REGION: 'us-west-2', AWS_SECRET_ACCESS_KEY: '' });
    }));

  test('does nothing after a step that failed, and nothing when AWS_SKIP_CLEANUP_STEP is true', () =>
    withJob({}, async ({ uses, finish }) => {
      await uses({ ...MINIMAL, 'aws-region': 'nowhere' });
      expect((await finish()).map(traces)).toEqual([NO_TRACES]);
      await uses(MINIMAL);
      expect((await finish({ env: { AWS_SKIP_CLEANUP_STEP: 'true' } })).map(traces)).toEqual([NO_TRACES]);
    }));
});

describe('guards come before delivery', () => {
  test('a wrong account leaves no variable and no output', () =>
    withJob({}, async ({ uses }) => {
      const step = await uses({ ...MINIMAL, 'allowed-account-ids': '222222222222,333333333333' });
      expect(errorOf(step)).toMatch(
        /allowed-account-ids.*\[ACCOUNT_NOT_ALLOWED\]\n {2}found: {4}account 111111111111 .*\n {2}expected: account 222222222222 or 333333333333/,
      );
      expect(traces(step)).toEqual(NO_TRACES);
      expect(step.state).toEqual({});
    }));

  test('the account of a chain is that of its last role', () =>
    withJob({}, async ({ uses }) => {
      const inputs = { ...MINIMAL, 'role-to-assume': HUB, 'role-chain': SPOKE };
      expect((await uses({ ...inputs, 'allowed-account-ids': '222222222222' })).exitCode).toBe(0);
      expect(errorOf(await uses({ ...inputs, 'allowed-account-ids': '111111111111' }))).toContain(
        'ACCOUNT_NOT_ALLOWED',
      );
    }));

  test('a runner without its files gets nothing, the log least of all', () =>
    withJob({}, async ({ uses }) => {
      const step = await uses(MINIMAL, { env: { GITHUB_ENV: '' } });
      expect(errorOf(step)).toContain('[RUNNER_FILE_MISSING]');
      expect(traces(step)).toEqual(NO_TRACES);
    }));
});

describe('dry-run', () => {
  test('prints plan and claims, and asks nothing of AWS', () =>
    withJob({}, async ({ lab, uses }) => {
      const step = await uses({ ...MINIMAL, 'role-to-assume': HUB, 'role-chain': SPOKE, 'dry-run': 'true' });
      expect(snapshotOf(step, lab)).toMatchSnapshot();
      expect(lab.traffic.counts()).toEqual({ oidc: 1, sts: 0 });
      expect(traces(step)).toEqual(NO_TRACES);
    }));
});

describe('bad input fails before any request', () => {
  test.each([
    ['role-to-assume', 'arn:aws:iam::1111:role/x'],
    ['aws-region', 'eu west-1'],
    ['aws-region', 'eu-west-1\nX=y'],
    ['role-duration-seconds', '2h'],
    ['role-duration-seconds', '-1'],
    ['role-duration-seconds', '1e3'],
    ['role-session-name', 'a/b'],
    ['inline-session-policy', '{"Statement": '],
    ['allowed-account-ids', '12345678901'],
  ])('%s = %j', (input, value) =>
    withJob({}, async ({ lab, uses }) => {
      const step = await uses({ ...MINIMAL, [input]: value });
      expect(errorOf(step)).toMatch(
        new RegExp(`^The input ${input} is not valid\\. \\[INVALID_INPUT\\]\\n {2}found:`),
      );
      expect(lab.traffic.counts()).toEqual({ oidc: 0, sts: 0 });
      expect(traces(step)).toEqual(NO_TRACES);
    }),
  );
});

test('debug lines tell what took how long, with the ID of each request', () =>
  withJob({ env: { RUNNER_DEBUG: '1' } }, async ({ uses }) => {
    const { log, outputs } = await uses({ ...MINIMAL, 'role-to-assume': HUB, 'role-chain': SPOKE });
    const lines = log.split('\n').filter((line) => line.startsWith('Debug: '));
    expect(lines).toEqual([
      expect.stringMatching(/^Debug: inputs and plan of 2 sessions: \d+ ms$/),
      expect.stringMatching(/^Debug: OIDC token for sts.amazonaws.com from http:\S+: \d+ ms$/),
      expect.stringMatching(
        /^Debug: AssumeRoleWithWebIdentity for \S+deploy-hub at http:\S+: \d+ ms, succeeded, request [0-9a-f-]{36}$/,
      ),
      expect.stringMatching(
        new RegExp(
          `^Debug: AssumeRole for ${SPOKE} at http:\\S+: \\d+ ms, succeeded, request ${outputs['sts-request-id']}$`,
        ),
      ),
      expect.stringMatching(/^Debug: sessions: \d+ ms$/),
      expect.stringMatching(/^Debug: delivery: \d+ ms$/),
    ]);
    const denied = await uses({ ...MINIMAL, 'role-to-assume': `${HUB}-denied` });
    expect(denied.log).toMatch(
      /Debug: AssumeRoleWithWebIdentity for .*: \d+ ms, failed: AccessDenied\w*, request [0-9a-f-]{36}/,
    );
  }));
