import { describe, expect, test } from '@jest/globals';
import type { Fault } from '../../lab/traffic.ts';
import { errorOf, MINIMAL, NO_TRACES, traces, withJob } from '../support/harness.ts';

/** As of a store that speaks a part of STS. */
const without = (pattern: RegExp, operation = 'AssumeRoleWithWebIdentity'): Fault => ({
  server: 'sts',
  operation,
  kind: { name: 'edited', edit: (body) => body.replace(pattern, '') },
  times: 100,
});

const WITHOUT_ARN = without(/<AssumedRoleUser>.*<\/AssumedRoleUser>/);
const NO_IDENTITY: Fault = {
  server: 'sts',
  operation: 'GetCallerIdentity',
  kind: { name: 'error', code: 'InvalidParameterValue', message: 'Unsupported action', status: 400 },
  times: 100,
};

describe('an answer without the ARN of the session', () => {
  test('is completed by GetCallerIdentity', () =>
    withJob({}, async ({ lab, uses }) => {
      lab.traffic.inject(WITHOUT_ARN);
      const step = await uses({ ...MINIMAL, 'allowed-account-ids': '111111111111' });
      expect(step.exitCode).toBe(0);
      expect(step.outputs['authenticated-arn']).toContain('assumed-role/deploy/');
      expect(lab.traffic.counts()).toMatchObject({ AssumeRoleWithWebIdentity: 1, GetCallerIdentity: 1 });
    }));

  test.each<[string, Fault]>([
    ['is refused', NO_IDENTITY],
    ['fails', { ...NO_IDENTITY, kind: { name: 'status', status: 501 } }],
    ['is as empty', without(/<(Arn|Account)>.*<\/(Arn|Account)>/, 'GetCallerIdentity')],
  ])('is used with a warning where that %s', (_what, fault) =>
    withJob({}, async ({ lab, uses }) => {
      lab.traffic.inject(WITHOUT_ARN);
      lab.traffic.inject(fault);
      const step = await uses({ ...MINIMAL, 'mask-aws-account-id': 'true' });
      expect(step.exitCode).toBe(0);
      expect(step.log).toMatch(
        /Warning: AssumeRoleWithWebIdentity returned credentials without the ARN of the session/,
      );
      expect(step.environment.AWS_SESSION_TOKEN).toMatch(/./);
      expect(step.outputs['aws-account-id'] ?? '').toBe('');
      expect(step.stdout).not.toMatch(/^::add-mask::$/m);
      expect(lab.traffic.counts().AssumeRoleWithWebIdentity).toBe(1);
      expect(lab.traffic.counts().GetCallerIdentity).toBeLessThanOrEqual(2);
    }),
  );

  test('is refused where the account has to be an allowed one', () =>
    withJob({}, async ({ lab, uses }) => {
      lab.traffic.inject(WITHOUT_ARN);
      lab.traffic.inject(NO_IDENTITY);
      const step = await uses({ ...MINIMAL, 'allowed-account-ids': '111111111111' });
      expect(errorOf(step)).toMatch(/allowed-account-ids cannot be checked[\s\S]*a session without an ARN/);
      expect(traces(step)).toEqual(NO_TRACES);
    }));
});

test.each([
  [/<SessionToken>.*<\/SessionToken>/, 'Credentials.SessionToken'],
  [/<Expiration>.*<\/Expiration>/, 'Credentials.Expiration'],
  [
    /<Credentials>.*<\/Credentials>/,
    'Credentials.AccessKeyId, Credentials.SecretAccessKey, Credentials.SessionToken, Credentials.Expiration',
  ],
])('an answer without %s says what is missing, and is not asked for again', (pattern, missing) =>
  withJob({}, async ({ lab, uses }) => {
    lab.traffic.inject(without(pattern));
    const step = await uses(MINIMAL);
    expect(errorOf(step)).toContain('[STS_ANSWER_UNREADABLE]');
    expect(errorOf(step)).toContain(`HTTP 200 without ${missing} (request `);
    expect(lab.traffic.counts().sts).toBe(1);
    expect(traces(step)).toEqual(NO_TRACES);
  }),
);

test('an answer without a request ID has none in the log', () =>
  withJob({}, async ({ lab, uses }) => {
    const edit = (body: string) => body.replaceAll(/<RequestId>.*<\/RequestId>/g, '');
    lab.traffic.inject({ server: 'sts', kind: { name: 'edited', edit, bare: true } });
    const step = await uses(MINIMAL, { env: { RUNNER_DEBUG: '1' } });
    expect(step.exitCode).toBe(0);
    expect(step.outputs['sts-request-id']).toBe('');
    expect(step.log).toMatch(/AssumeRoleWithWebIdentity for .*: \d+ ms, succeeded$/m);
  }));
