import { describe, expect, test } from '@jest/globals';
import { InputReader } from '../../../src/config/input-reader.ts';
import type { InputName } from '../../../src/config/inputs.ts';
import { readSession } from '../../../src/config/session-config.ts';

const session = (inputs: Partial<Record<InputName, string>>) =>
  readSession(
    new InputReader((name) => inputs[name] ?? ''),
    { repository: 'octo-org/octo-app', runId: '42' },
    { GITHUB_REF: 'refs/heads/main' },
  );

describe('the name of a federated session', () => {
  test('is the session name, truncated to the 32 characters that STS accepts', () => {
    expect(session({}).federationName).toBe('octo-org.octo-app-42');
    expect(session({ 'role-session-name': 'x'.repeat(64) }).federationName).toBe('x'.repeat(32));
  });

  test('is federation-name if that is set', () => {
    expect(session({ 'federation-name': 'ci', 'role-session-name': 'other' })).toMatchObject({
      federationName: 'ci',
      name: 'other',
    });
  });
});

test('operation: auto looks up the caller', () => {
  expect(session({}).operation).toBe('get-caller-identity');
  expect(session({ operation: 'get-session-token' }).operation).toBe('get-session-token');
});

test('transitive keys of tags that this event does not have are apart', () => {
  const inputs = { 'transitive-tag-keys': 'Branch\nHeadRef' };
  expect(session(inputs)).toMatchObject({ transitiveTagKeys: ['Branch'], absentTagKeys: ['HeadRef'] });
  expect(session({ ...inputs, 'role-skip-session-tagging': 'true' })).toMatchObject({
    tags: [],
    transitiveTagKeys: [],
    absentTagKeys: [],
  });
});

test('the MFA code, or the secret that makes one', () => {
  expect(session({}).mfaCode).toBeUndefined();
  expect(session({ 'mfa-code': '123456' }).mfaCode).toEqual({ kind: 'code', code: '123456' });
  const secret = 'A'.repeat(16);
  expect(session({ 'mfa-totp-secret': secret }).mfaCode).toEqual({ kind: 'totp', secret });
});
