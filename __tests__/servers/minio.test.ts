import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Lab, startLab } from '../../lab/lab.ts';
import { tokenVariables } from '../../lab/runner-variables.ts';
import { AWS } from '../clients/clients.ts';
import { DEPLOY, errorOf, NO_TRACES, type TestJob, traces, withJob } from '../support/harness.ts';
import { type Minio, ROOT_USER, startMinio } from './minio.ts';

/**
 * MinIO, a store with an STS of its own: its roles have no account, its answers no ARN, and it has no GetCallerIdentity.
 * Whether a session is good shows what the store says to it.
 */

const BUCKETS = ['s3api', 'list-buckets', '--query', 'length(Buckets)'];
const NO_ARN = 'returned credentials without the ARN of the session, and GetCallerIdentity failed';

describe.each([
  ['a role of MinIO', { MINIO_IDENTITY_OPENID_ROLE_POLICY: 'readwrite' }],
  // MinIO ignores the role then. The claim has to have the name of a policy.
  ['a policy that a claim names', { MINIO_IDENTITY_OPENID_CLAIM_NAME: 'repository_owner' }],
])('%s', (_access, settings) => {
  let lab: Lab;
  let minio: Minio;
  let inputs: Record<string, string>;

  beforeAll(async () => {
    lab = await startLab();
    lab.oidc.job.overrides = { repository_owner: 'readwrite' };
    minio = await startMinio(lab, settings);
    inputs = { 'aws-region': 'eu-west-1', 'role-to-assume': minio.role ?? DEPLOY, 'sts-endpoint': minio.url };
  }, 70_000);
  afterAll(async () => {
    await minio.stop();
    await lab.close();
  });

  /** A job with tokens of the issuer that MinIO knows. */
  const inJob = (go: (context: TestJob) => Promise<void>) => withJob({ env: tokenVariables(lab) }, go);

  /** What a later step gets from the store. */
  const buckets = async ({ job }: TestJob, ...options: string[]) =>
    (await job.run(AWS, [...BUCKETS, '--endpoint-url', minio.url, ...options])).stdout.trim();

  test.each([
    ['variables', {}, []],
    ['the credential process', { refresh: 'process' }, []],
    ['the broker', { refresh: 'broker' }, []],
    ['a profile', { 'aws-profile': 'store' }, ['--profile', 'store']],
    ['the longest session', { 'role-duration-seconds': 'max' }, []],
    ['access keys with a role', ROOT_USER, []],
  ] as const)('%s', (_delivery, more, options) =>
    inJob(async (context) => {
      const step = await context.uses({ ...inputs, ...more });
      expect(step.exitCode).toBe(0);
      expect(step.log).toContain(NO_ARN);
      expect(step.log).toContain('Authenticated as an identity without an ARN until ');
      expect(step.outputs['aws-account-id']).toBe('');
      expect(await buckets(context, ...options)).toBe('0');
      for (const post of await context.finish()) expect(post.exitCode).toBe(0);
    }),
  );

  test('a session policy', () =>
    inJob(async (context) => {
      const denies = JSON.stringify({
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Action: ['s3:GetObject'], Resource: ['arn:aws:s3:::reports/*'] }],
      });
      expect((await context.uses({ ...inputs, 'inline-session-policy': denies })).exitCode).toBe(0);
      const put = ['s3api', 'create-bucket', '--bucket', 'reports', '--endpoint-url', minio.url];
      expect((await context.job.run(AWS, put)).stderr).toContain('AccessDenied');
    }));

  test('the endpoint in a variable of the SDKs', () =>
    inJob(async (context) => {
      const { 'sts-endpoint': _, ...rest } = inputs;
      const env = { AWS_ENDPOINT_URL_STS: minio.url };
      expect((await context.uses(rest, { env, labEndpoint: false })).exitCode).toBe(0);
      expect(await buckets(context)).toBe('0');
    }));

  test.each([
    [
      'allowed-account-ids cannot be checked',
      { 'allowed-account-ids': '111111111111' },
      /\[ACCOUNT_NOT_ALLOWED\][\s\S]*Remove allowed-account-ids/,
    ],
    ['another audience', { audience: 'other' }, /\[STS_REQUEST_INVALID\][\s\S]*`azp` must match/],
    [
      'access keys without a role',
      { ...ROOT_USER, 'role-to-assume': '' },
      /does not support GetCallerIdentity/,
    ],
  ])('%s', (_what, more, message) =>
    inJob(async ({ uses }) => {
      const step = await uses({ ...inputs, ...more });
      expect(errorOf(step)).toMatch(message);
      expect(traces(step)).toEqual(NO_TRACES);
    }),
  );

  test('role chaining is denied by MinIO', () =>
    inJob(async ({ uses }) => {
      const step = await uses({ ...inputs, 'role-chain': minio.role ?? DEPLOY });
      expect(errorOf(step)).toContain('[STS_ACCESS_DENIED]');
      expect(traces(step)).toEqual(NO_TRACES);
      // AWS's explanations are no help for a role that is not of AWS.
      const isAws = minio.role === undefined;
      expect(step.log.includes('Diagnosis')).toBe(isAws);
      expect(errorOf(step).includes('remove role-chain')).toBe(!isAws);
    }));

  test('a dry run shows the plan', () =>
    inJob(async ({ uses }) => {
      const step = await uses({ ...inputs, 'dry-run': 'true' });
      expect(step.log).toContain(`AssumeRoleWithWebIdentity ${minio.role ?? DEPLOY}`);
      expect(step.log.includes('commands that create')).toBe(minio.role === undefined);
    }));
});
