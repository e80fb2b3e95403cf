import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { HUB, MINIMAL, SPOKE, withJob } from '../support/harness.ts';
import { FIRST_CLIENTS, whoami } from './clients.ts';
import { type Moto, startMoto } from './moto.ts';

/**
 * The same flows against moto, an STS that others wrote. It answers in AWS's own XML and keeps sessions, so that a client
 * is told who it is. It checks neither tokens nor signatures, trust policies or limits; the lab does.
 */
let moto: Moto;
let url = '';

beforeAll(async () => {
  moto = await startMoto();
  url = moto.url;
}, 70_000);
afterAll(() => moto.stop());

const USER = {
  'aws-access-key-id': 'AKIAIOSFODNN7EXAMPLE',
  'aws-secret-access-key': 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
};
const PROFILES = `[profile hub]\nrole_arn = ${HUB}\n[profile dev]\nsource_profile = hub\nrole_arn = ${SPOKE}\n`;
const POLICY = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}';

describe.each(FIRST_CLIENTS.map((client) => [client.name, client] as const))('moto, %s', (_name, client) => {
  test.each<[string, Record<string, string>, string | undefined, RegExp]>([
    ['an OIDC role', MINIMAL, undefined, /assumed-role\/deploy\//],
    [
      'a chain',
      { ...MINIMAL, 'role-to-assume': HUB, 'role-chain': SPOKE },
      undefined,
      /^arn:aws:sts::222222222222:assumed-role\/deploy\//,
    ],
    [
      'profiles',
      { 'aws-region': 'eu-west-1', profiles: PROFILES },
      'dev',
      /^arn:aws:sts::222222222222:assumed-role\/deploy\//,
    ],
    ['static keys with a role', { ...MINIMAL, ...USER }, undefined, /assumed-role\/deploy\//],
    ['the credential process', { ...MINIMAL, refresh: 'process' }, undefined, /assumed-role\/deploy\//],
    ['the broker', { ...MINIMAL, refresh: 'broker' }, undefined, /assumed-role\/deploy\//],
  ])('%s', (_flow, inputs, profile, arn) =>
    withJob({}, async (context) => {
      context.job.environment = { ...context.job.environment, AWS_ENDPOINT_URL_STS: url };
      const step = await context.uses({ ...inputs, 'sts-endpoint': url });
      expect(step.exitCode).toBe(0);
      const seen = {
        ...context,
        job: Object.assign(Object.create(context.job), { run: runAt(context.job) }),
      };
      expect((await whoami(client, seen, profile)).Arn).toMatch(arn);
      await context.finish();
    }),
  );
});

/** Later steps that ask moto, where the lab's jobs would point them to the lab. */
function runAt(job: { run: (...args: [string, string[], object]) => Promise<unknown> }) {
  return (command: string, args: string[] = [], options: { env?: object } = {}) =>
    job.run(command, args, { env: { ...options.env, AWS_ENDPOINT_URL_STS: url } });
}

test.each([
  ['get-session-token', {}],
  ['get-federation-token', { 'inline-session-policy': POLICY }],
])('moto, operation: %s', (operation, inputs) =>
  withJob({}, async ({ uses }) => {
    const step = await uses({
      'aws-region': 'eu-west-1',
      ...USER,
      ...inputs,
      operation,
      'sts-endpoint': url,
    });
    expect(step.exitCode).toBe(0);
    expect(step.environment.AWS_SESSION_TOKEN).toBeTruthy();
  }),
);
