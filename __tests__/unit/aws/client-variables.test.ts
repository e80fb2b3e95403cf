import { describe, expect, test } from '@jest/globals';
import * as variables from '../../../src/aws/client-variables.ts';
import type { Session } from '../../../src/aws/session.ts';

const {
  CLEARED,
  clearedFor,
  credentialsInVariables,
  credentialVariables,
  profileVariables,
  regionVariables,
} = variables;

const KEYS = { AWS_ACCESS_KEY_ID: 'AKIA', AWS_SECRET_ACCESS_KEY: 'secret' };
const NONE = { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '', AWS_SESSION_TOKEN: '' };
const credentials = (sessionToken: string | undefined) => ({
  accessKeyId: 'AKIA',
  secretAccessKey: 'secret',
  sessionToken,
  expiration: undefined,
});

describe('the credentials in variables', () => {
  test.each([
    ['with a session token', { ...KEYS, AWS_SESSION_TOKEN: 'token' }, credentials('token')],
    ['without a session token', KEYS, credentials(undefined)],
    ['with a session token that is cleared', { ...KEYS, AWS_SESSION_TOKEN: '' }, credentials(undefined)],
    ['that are cleared', NONE, undefined],
    ['without an access key ID', { ...KEYS, AWS_ACCESS_KEY_ID: '' }, undefined],
    ['without a secret access key', { AWS_ACCESS_KEY_ID: 'AKIA' }, undefined],
  ])('%s', (_what, env, expected) => {
    expect(credentialsInVariables(env)).toEqual(expected);
  });
});

test('the variables of a session replace all that other credentials can have left', () => {
  const of = (sessionToken: string | undefined) =>
    credentialVariables({ credentials: credentials(sessionToken) } as Session);
  expect(of('token')).toEqual({ ...KEYS, AWS_SESSION_TOKEN: 'token' });
  expect(of(undefined)).toEqual({ ...KEYS, AWS_SESSION_TOKEN: '' });
});

test('the credentials of an earlier step are cleared, all of them', () => {
  expect(CLEARED).toEqual(NONE);
});

test('a region has two variables', () => {
  expect(regionVariables('eu-west-1')).toEqual({ AWS_REGION: 'eu-west-1', AWS_DEFAULT_REGION: 'eu-west-1' });
});

test('a profile has a second variable where that is set', () => {
  expect(profileVariables('work', {})).toEqual({ AWS_PROFILE: 'work' });
  expect(profileVariables('work', { AWS_DEFAULT_PROFILE: '' })).toEqual({ AWS_PROFILE: 'work' });
  expect(profileVariables('work', { AWS_DEFAULT_PROFILE: 'other' })).toEqual({
    AWS_PROFILE: 'work',
    AWS_DEFAULT_PROFILE: 'work',
  });
});

test('only variables that are set are cleared for a profile', () => {
  const set = { ...KEYS, AWS_SESSION_TOKEN: '', AWS_WEB_IDENTITY_TOKEN_FILE: '/token', AWS_PROFILE: 'work' };
  expect(clearedFor(set)).toEqual({
    AWS_ACCESS_KEY_ID: '',
    AWS_SECRET_ACCESS_KEY: '',
    AWS_WEB_IDENTITY_TOKEN_FILE: '',
  });
  expect(clearedFor({})).toEqual({});
});
