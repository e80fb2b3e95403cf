import { expect, test } from '@jest/globals';
import {
  type CommandCredentials,
  commandEnvironment,
} from '../../../src/delivery/command/command-environment.ts';
import { configOf, FLAT, profileSession } from './sessions.ts';

const JOB = {
  PATH: '/bin',
  AWS_REGION: 'ap-south-1',
  AWS_PROFILE: 'theirs',
  AWS_DEFAULT_PROFILE: 'theirs',
  AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://127.0.0.1:1',
  AWS_WEB_IDENTITY_TOKEN_FILE: '/theirs',
  AWS_ROLE_ARN: 'theirs',
  AWS_ACCESS_KEY_ID: 'AKIATHEIRS',
  AWS_SESSION_TOKEN: 'theirs',
  AWS_CONFIG_FILE: '/theirs',
  'INPUT_AWS-SECRET-ACCESS-KEY': 'secret',
  INPUT_RUN: 'true',
  UNSET: undefined,
};
const FILES = { config: '/exec/config', credentials: '/exec/credentials' };
const OWN_FILES = {
  AWS_CONFIG_FILE: '/exec/config',
  AWS_SHARED_CREDENTIALS_FILE: '/exec/credentials',
};
const KEYS = {
  AWS_ACCESS_KEY_ID: 'ASIA-role',
  AWS_SECRET_ACCESS_KEY: 'secret-role',
  AWS_SESSION_TOKEN: 'token-role',
};
const region = (name: string) => ({ AWS_REGION: name, AWS_DEFAULT_REGION: name });
const PROFILES =
  '[profile dev]\nrole_arn = arn:aws:iam::111111111111:role/dev\n[profile prod]\nrole_arn = arn:aws:iam::111111111111:role/prod\n';

function environmentOf(credentials: Partial<CommandCredentials>) {
  const flat = { config: configOf({}), sessions: [FLAT], refreshing: undefined, files: undefined };
  return commandEnvironment({ ...flat, ...credentials }, JOB);
}

test('a role: its keys and region, nothing that leads elsewhere, and no inputs', () => {
  expect(environmentOf({})).toEqual({
    PATH: '/bin',
    AWS_CONFIG_FILE: '/theirs',
    ...KEYS,
    ...region('eu-west-1'),
  });
});

test('a role that is refreshed: the variables that lead to it, and no keys', () => {
  const refreshing = { variables: { AWS_PROFILE: 'assume-aws-roles-x' } };
  expect(environmentOf({ refreshing, files: FILES })).toEqual({
    PATH: '/bin',
    ...OWN_FILES,
    AWS_ACCESS_KEY_ID: '',
    AWS_SESSION_TOKEN: '',
    AWS_PROFILE: 'assume-aws-roles-x',
    ...region('eu-west-1'),
  });
});

test('several profiles: files of its own, and no keys or region that would override them', () => {
  const config = configOf({ profiles: PROFILES });
  const sessions = [profileSession('dev', 'us-east-1'), profileSession('prod', 'us-west-2')];
  expect(environmentOf({ config, sessions, files: FILES })).toEqual({ PATH: '/bin', ...OWN_FILES });
});

test('several profiles with a default: its name', () => {
  const config = configOf({ profiles: PROFILES, 'default-profile': 'dev' });
  const sessions = [profileSession('dev', 'us-east-1', true), profileSession('prod', 'us-west-2')];
  expect(environmentOf({ config, sessions, files: FILES })).toEqual({
    PATH: '/bin',
    ...OWN_FILES,
    AWS_PROFILE: 'dev',
  });
});

test('one profile: its keys and region, in addition to the file', () => {
  const config = configOf({ profiles: PROFILES, 'select-profiles': 'dev' });
  const sessions = [profileSession('dev', 'us-east-1', true)];
  expect(environmentOf({ config, sessions, files: FILES })).toEqual({
    PATH: '/bin',
    ...OWN_FILES,
    AWS_ACCESS_KEY_ID: 'ASIA-dev',
    AWS_SECRET_ACCESS_KEY: 'secret-dev',
    AWS_SESSION_TOKEN: 'token-dev',
    ...region('us-east-1'),
  });
});
