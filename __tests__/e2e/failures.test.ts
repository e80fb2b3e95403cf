import { describe, expect, test } from '@jest/globals';
import type { Fault } from '../../lab/traffic.ts';
import { DEPLOY, errorOf, HUB, MINIMAL, NO_TRACES, SPOKE, traces, withJob } from '../support/harness.ts';

describe('a job that may not ask for a token', () => {
  test('is told which permission to add', () =>
    withJob({ idToken: false }, async ({ lab, uses }) => {
      const step = await uses(MINIMAL);
      expect(errorOf(step)).toMatch(/\[OIDC_PERMISSION_MISSING\][\s\S]*permissions: \{ id-token: write/);
      expect(lab.traffic.counts()).toEqual({ oidc: 0, sts: 0 });
    }));

  test('is told that no permission helps, when a fork opened it', () => {
    const side = (name: string) => ({ repo: { full_name: name } });
    const event = { pull_request: { head: side('someone/octo-app'), base: side('octo-org/octo-app') } };
    return withJob({ idToken: false, event }, async ({ uses }) => {
      expect(errorOf(await uses(MINIMAL))).toContain('[OIDC_FORK]');
    });
  });
});

describe('the token endpoint', () => {
  test('that refuses is asked once', () =>
    withJob({}, async ({ lab, uses }) => {
      const step = await uses(MINIMAL, { env: { ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'of another job' } });
      expect(errorOf(step)).toMatch(/\[OIDC_REQUEST_REFUSED\]\n {2}found: {4}HTTP 401/);
      expect(lab.traffic.counts()).toEqual({ oidc: 1, sts: 0 });
    }));

  test('that breaks twice is asked again', () =>
    withJob({}, async ({ lab, uses }) => {
      lab.traffic.inject({ server: 'oidc', kind: { name: 'status', status: 502 } });
      lab.traffic.inject({ server: 'oidc', kind: { name: 'reset' } });
      expect((await uses(MINIMAL)).exitCode).toBe(0);
      expect(lab.traffic.counts()).toMatchObject({ oidc: 3, sts: 1 });
    }));
});

describe('faults of STS that pass', () => {
  const throttled = { name: 'error', code: 'Throttling', message: 'Rate exceeded', status: 400 } as const;
  const unreachable = {
    name: 'error',
    code: 'IDPCommunicationError',
    message: 'timed out',
    status: 400,
  } as const;
  test.each<[string, Fault['kind'], number]>([
    ['5xx twice', { name: 'status', status: 503 }, 2],
    ['a reset', { name: 'reset' }, 1],
    ['an answer cut short', { name: 'truncated' }, 1],
    ['an answer that is none', { name: 'malformed' }, 1],
    ['throttling', throttled, 1],
    ['an issuer that STS could not reach', unreachable, 1],
  ])('%s, then success', (_what, kind, times) =>
    withJob({}, async ({ lab, uses }) => {
      lab.traffic.inject({ server: 'sts', kind, times });
      const step = await uses(MINIMAL);
      expect(step.exitCode).toBe(0);
      expect(lab.traffic.counts()).toMatchObject({ oidc: 1, sts: times + 1 });
      expect(step.log).toMatch(/attempt 1 failed|STS throttles requests/);
    }),
  );

  test('a trust policy that becomes known with the second late try', () =>
    withJob({}, async ({ lab, uses }) => {
      lab.traffic.inject({
        server: 'sts',
        kind: { name: 'error', code: 'AccessDenied', message: 'Not authorized', status: 403 },
        times: 2,
      });
      expect((await uses(MINIMAL)).exitCode).toBe(0);
    }));
});

describe('faults that stay', () => {
  test('an endpoint that hangs ends with the deadline', () =>
    withJob({}, async ({ lab, uses }) => {
      lab.traffic.inject({ server: 'sts', kind: { name: 'hang' }, times: Number.POSITIVE_INFINITY });
      const step = await uses({ ...MINIMAL, 'action-timeout-s': '2' });
      expect(errorOf(step)).toMatch(/action-timeout-s \(2 s\)\. \[DEADLINE_EXCEEDED\]/);
      expect(traces(step)).toEqual(NO_TRACES);
    }));

  test('a token endpoint that hangs, too', () =>
    withJob({}, async ({ lab, uses }) => {
      lab.traffic.inject({ server: 'oidc', kind: { name: 'hang' }, times: Number.POSITIVE_INFINITY });
      expect(errorOf(await uses({ ...MINIMAL, 'action-timeout-s': '1' }))).toContain('[DEADLINE_EXCEEDED]');
    }));

  test('server errors until the deadline name the last of them', () =>
    withJob({}, async ({ lab, uses }) => {
      lab.traffic.inject({
        server: 'sts',
        kind: { name: 'status', status: 500 },
        times: Number.POSITIVE_INFINITY,
      });
      // Long enough for the first attempt on a busy machine.
      const message = errorOf(await uses({ ...MINIMAL, 'action-timeout-s': '3' }));
      expect(message).toMatch(/\[DEADLINE_EXCEEDED\][\s\S]*the last failure: STS failed/);
    }));

  test('nobody at the endpoint', () =>
    withJob({}, async ({ uses }) => {
      const inputs = { ...MINIMAL, 'sts-endpoint': 'http://127.0.0.1:9', 'retry-max-attempts': '2' };
      expect(errorOf(await uses(inputs))).toMatch(/STS could not be reached[\s\S]*ECONNREFUSED/);
    }));
});

describe('a denial', () => {
  test('is tried twice more, and shows the claims that were presented', () =>
    withJob({}, async ({ lab, uses }) => {
      lab.oidc.job.repository = 'octo-org/other';
      lab.oidc.job.environment = 'prod';
      const step = await uses(MINIMAL);
      expect(lab.traffic.counts()).toEqual({ oidc: 1, sts: 3, AssumeRoleWithWebIdentity: 3 });
      expect(errorOf(step)).toMatch(
        /^STS did not allow this job to assume arn:aws:iam::111111111111:role\/deploy\. \[STS_ACCESS_DENIED\]/,
      );
      expect(step.log).toMatch(
        /Presented\n {4}subject: +repo:octo-org\/other:environment:prod\n {4}audience: +sts\.amazonaws\.com\n {4}issuer: +https:\/\/token\.actions\.githubusercontent\.com\n {4}repository: +octo-org\/other\n {4}repository ID: +74\n {4}ref: +refs\/heads\/main\n {4}environment: +prod\n {4}event: +push\n {4}job_workflow_ref: +octo-org\/other\/\.github/,
      );
      expect(traces(step)).toEqual(NO_TRACES);
    }));

  test('of a hop names the role of the hop', () =>
    withJob({}, async ({ uses }) => {
      const step = await uses({ ...MINIMAL, 'role-to-assume': DEPLOY, 'role-chain': SPOKE });
      expect(errorOf(step)).toMatch(
        /^STS did not allow the caller to assume arn:aws:iam::222222222222:role\/deploy\. \[STS_ACCESS_DENIED\]/,
      );
      expect(traces(step)).toEqual(NO_TRACES);
    }));
});

test('SDK settings of the runner have no say: a broken shared config, a profile that is not there', () =>
  withJob(
    {
      env: {
        AWS_PROFILE: 'nobody',
        AWS_CONFIG_FILE: '/dev/null/x',
        AWS_MAX_ATTEMPTS: '0',
        AWS_ACCESS_KEY_ID: 'AKIASOMEBODY',
        AWS_SECRET_ACCESS_KEY: 'of somebody',
      },
    },
    async ({ lab, uses }) => {
      const step = await uses({ ...MINIMAL, 'role-to-assume': HUB, 'role-chain': SPOKE });
      expect(step.exitCode).toBe(0);
      expect(lab.traffic.requests.map(({ accessKeyId }) => accessKeyId?.slice(0, 4))).toEqual([
        undefined,
        undefined,
        'ASIA',
      ]);
    },
  ));

test('an error leads to its heading in the documentation of the version that runs', () =>
  withJob({}, async ({ uses }) => {
    const env = { GITHUB_ACTION_REPOSITORY: 'octo-org/assume-aws-roles', GITHUB_ACTION_REF: 'v1' };
    expect(errorOf(await uses({ ...MINIMAL, 'aws-region': '?' }, { env }))).toMatch(
      /\n {2}docs: {5}https:\/\/github\.com\/octo-org\/assume-aws-roles\/blob\/v1\/docs\/troubleshooting\.md#invalid_input$/,
    );
    const warned = await uses(MINIMAL, { env: { ...env, GITHUB_EVENT_NAME: 'workflow_run' } });
    expect(warned.log).toContain('/octo-org/assume-aws-roles/blob/v1/docs/security.md#triggers');
  }));
