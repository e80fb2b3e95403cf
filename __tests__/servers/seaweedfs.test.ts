import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Lab, startLab } from '../../lab/lab.ts';
import { tokenVariables } from '../../lab/runner-variables.ts';
import { AWS } from '../clients/clients.ts';
import { errorOf, MINIMAL, NO_TRACES, type TestJob, traces, withJob } from '../support/harness.ts';
import { type SeaweedFS, startSeaweedFS } from './seaweedfs.ts';

/** SeaweedFS, a store whose STS names accounts. Its ARNs of sessions have none. */

let lab: Lab;
let store: SeaweedFS;

beforeAll(async () => {
  lab = await startLab();
  store = await startSeaweedFS(lab);
}, 70_000);
afterAll(async () => {
  await store.stop();
  await lab.close();
});

/** A job with tokens of the issuer that the store knows. */
const inJob = (go: (context: TestJob) => Promise<void>) => withJob({ env: tokenVariables(lab) }, go);

test.each([
  ['variables', {}],
  ['the credential process', { refresh: 'process' }],
  ['the broker', { refresh: 'broker' }],
  ['an allowed account', { 'allowed-account-ids': '111111111111' }],
])('%s', (_delivery, more) =>
  inJob(async ({ job, uses, finish }) => {
    const step = await uses({ ...MINIMAL, ...more, 'sts-endpoint': store.url });
    expect(step.exitCode).toBe(0);
    expect(step.outputs['aws-account-id']).toBe('111111111111');
    expect(step.outputs['authenticated-arn']).toMatch(/assumed-role\/deploy\/octo-org\.octo-app-42$/);
    const list = ['s3api', 'list-buckets', '--query', 'length(Buckets)', '--endpoint-url', store.url];
    expect((await job.run(AWS, list)).stdout.trim()).toBe('0');
    for (const post of await finish()) expect(post.exitCode).toBe(0);
  }),
);

test.each([
  ['another account', { 'allowed-account-ids': '222222222222' }, /\[ACCOUNT_NOT_ALLOWED\]/],
  ['another role', { 'role-to-assume': `${MINIMAL['role-to-assume']}-other` }, /\[STS_ACCESS_DENIED\]/],
  ['another audience', { audience: 'other' }, /\[STS_REQUEST_INVALID\][\s\S]*audience/],
])('%s is refused', (_what, more, message) =>
  inJob(async ({ uses }) => {
    const step = await uses({ ...MINIMAL, ...more, 'sts-endpoint': store.url });
    expect(errorOf(step)).toMatch(message);
    expect(traces(step)).toEqual(NO_TRACES);
  }),
);
