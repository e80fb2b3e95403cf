import { describe, expect, test } from '@jest/globals';
import {
  contradictions,
  needsProfile,
  type StepEnvironment,
  valuesToRestore,
  variablesToExport,
} from '../../../src/delivery/environment-after-step.ts';
import type { DeliveredSession } from '../../../src/session/delivered-sessions.ts';
import { configOf, FLAT, profileSession } from './sessions.ts';

const GRAPH =
  '[profile dev]\nrole_arn = arn:aws:iam::111111111111:role/dev\n[profile prod]\nrole_arn = arn:aws:iam::111111111111:role/prod\n';
const KEYS = {
  AWS_ACCESS_KEY_ID: 'ASIA-role',
  AWS_SECRET_ACCESS_KEY: 'secret-role',
  AWS_SESSION_TOKEN: 'token-role',
};
const OLD_KEYS = { AWS_ACCESS_KEY_ID: 'AKIAOLD', AWS_SECRET_ACCESS_KEY: 'old', AWS_SESSION_TOKEN: '' };
const NO_KEYS = { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' };
const region = (name: string) => ({ AWS_REGION: name, AWS_DEFAULT_REGION: name });
const ENDPOINT = { variables: { AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://127.0.0.1:1/role' } };

/** The profiles dev (us-east-1) and prod (us-west-2), one of them the default. */
const graph = (isDefault?: 'dev' | 'prod'): readonly DeliveredSession[] => [
  profileSession('dev', 'us-east-1', isDefault === 'dev'),
  profileSession('prod', 'us-west-2', isDefault === 'prod'),
];

function step(
  inputs: Record<string, string>,
  sessions: readonly DeliveredSession[],
  more: Partial<StepEnvironment> = {},
): StepEnvironment {
  return {
    config: configOf(inputs),
    ambient: false,
    sessions,
    refreshing: undefined,
    exportedBefore: new Set(),
    env: {},
    ...more,
  };
}

describe('the variables of later steps', () => {
  const named = [{ ...FLAT, profile: { name: 'blue', settings: [] } }];
  const before = (...names: string[]) => new Set(names);
  test.each<[string, StepEnvironment, Record<string, string>]>([
    ['a role: keys and region', step({}, [FLAT]), { ...KEYS, ...region('eu-west-1') }],
    ['no keys, no region', step({ 'output-env-credentials': 'false' }, [FLAT]), {}],
    ['export-region: false', step({ 'export-region': 'false' }, [FLAT]), KEYS],
    [
      'export-region: true without keys',
      step({ 'export-region': 'true', 'output-env-credentials': 'false' }, [FLAT]),
      region('eu-west-1'),
    ],
    ['aws-profile: nothing', step({ 'aws-profile': 'blue' }, named), {}],
    [
      'aws-profile with keys: both lead to the same session',
      step({ 'aws-profile': 'blue', 'output-env-credentials': 'true' }, named),
      { ...KEYS, AWS_PROFILE: 'blue', ...region('eu-west-1') },
    ],
    ['profiles: nothing', step({ profiles: GRAPH }, graph()), {}],
    [
      'default-profile: its name only',
      step({ profiles: GRAPH, 'default-profile': 'dev' }, graph('dev')),
      { AWS_PROFILE: 'dev' },
    ],
    [
      'default-profile clears the keys and replaces the region of an earlier step',
      step({ profiles: GRAPH, 'default-profile': 'dev' }, graph('dev'), {
        env: { ...OLD_KEYS, AWS_REGION: 'eu-west-1' },
        exportedBefore: before('AWS_REGION', 'AWS_ACCESS_KEY_ID'),
      }),
      { ...NO_KEYS, AWS_PROFILE: 'dev', ...region('us-east-1') },
    ],
    [
      'default-profile leaves the region of the job alone',
      step({ profiles: GRAPH, 'default-profile': 'dev' }, graph('dev'), { env: { AWS_REGION: 'eu-west-1' } }),
      { AWS_PROFILE: 'dev' },
    ],
    [
      'AWS_DEFAULT_PROFILE, which boto3 reads first, leads to the same profile',
      step({ profiles: GRAPH, 'default-profile': 'prod' }, graph('prod'), {
        env: { AWS_DEFAULT_PROFILE: 'theirs' },
      }),
      { AWS_PROFILE: 'prod', AWS_DEFAULT_PROFILE: 'prod' },
    ],
    [
      'default-profile with keys: keys, name and region of that profile',
      step({ profiles: GRAPH, 'default-profile': 'prod', 'output-env-credentials': 'true' }, graph('prod')),
      {
        AWS_ACCESS_KEY_ID: 'ASIA-prod',
        AWS_SECRET_ACCESS_KEY: 'secret-prod',
        AWS_SESSION_TOKEN: 'token-prod',
        AWS_PROFILE: 'prod',
        ...region('us-west-2'),
      },
    ],
    [
      'refresh: no keys; old ones and AWS_WEB_IDENTITY_TOKEN_FILE are cleared',
      step({ refresh: 'broker' }, [FLAT], {
        refreshing: ENDPOINT,
        env: { ...OLD_KEYS, AWS_WEB_IDENTITY_TOKEN_FILE: '/theirs' },
      }),
      { ...NO_KEYS, AWS_WEB_IDENTITY_TOKEN_FILE: '', ...ENDPOINT.variables, ...region('eu-west-1') },
    ],
    [
      'unset-current-credentials clears keys that nothing replaces',
      step({ 'unset-current-credentials': 'true', 'output-env-credentials': 'false' }, [FLAT]),
      { ...NO_KEYS, AWS_SESSION_TOKEN: '' },
    ],
    [
      'credentials of the environment itself: only the region',
      step({}, [FLAT], { ambient: true }),
      region('eu-west-1'),
    ],
  ])('%s', (_name, environment, expected) => {
    expect(variablesToExport(environment)).toEqual(expected);
  });
});

describe('the default session needs a profile', () => {
  const env = { AWS_PROFILE: 'first' };
  const exportedBefore = new Set(['AWS_PROFILE']);
  test.each<[string, Record<string, string>, Partial<StepEnvironment>, boolean]>([
    ['not at first', {}, {}, false],
    ['not beside a profile of the job', {}, { env }, false],
    ['where an earlier step exported AWS_PROFILE', {}, { env, exportedBefore }, true],
    ['not where that is empty by now', {}, { env: { AWS_PROFILE: '' }, exportedBefore }, false],
    ['with a broker, as clients read AWS_PROFILE first', { refresh: 'broker' }, { env }, true],
    [
      'not where the environment stays as it is',
      { 'output-env-credentials': 'false' },
      { env, exportedBefore },
      false,
    ],
  ])('%s', (_name, inputs, more, expected) => {
    expect(needsProfile(step(inputs, [FLAT], more))).toBe(expected);
  });
});

describe('warnings', () => {
  const warningsOf = (environment: StepEnvironment) =>
    contradictions(environment, variablesToExport(environment));

  test('where keys hide profiles', () => {
    const inputs = { profiles: GRAPH, 'default-profile': 'dev', 'output-env-credentials': 'true' };
    expect(warningsOf(step(inputs, graph('dev')))).toEqual([
      expect.stringMatching(/^output-env-credentials: true exports the keys and the region of dev /),
    ]);
  });

  test('where AWS_PROFILE of the job is beside keys', () => {
    const environment = step({}, [FLAT], { env: { AWS_PROFILE: 'theirs' } });
    expect(warningsOf(environment)).toEqual([expect.stringMatching(/^AWS_PROFILE is theirs, /)]);
  });

  test('none where no keys are exported', () => {
    const env = { AWS_PROFILE: 'theirs' };
    expect(warningsOf(step({ profiles: GRAPH, 'default-profile': 'dev' }, graph('dev'), { env }))).toEqual(
      [],
    );
    expect(warningsOf(step({}, [FLAT], { env, ambient: true }))).toEqual([]);
  });
});

describe('what the post step and logout restore', () => {
  test.each<[string, Record<string, string>, Record<string, string>, boolean, Record<string, string>]>([
    [
      'the values before',
      { AWS_ACCESS_KEY_ID: 'AKIAOLD', AWS_REGION: 'us-west-2' },
      {},
      false,
      { AWS_ACCESS_KEY_ID: 'AKIAOLD', AWS_REGION: 'us-west-2' },
    ],
    ['empty text for what was not set', { AWS_ACCESS_KEY_ID: '' }, KEYS, false, { AWS_ACCESS_KEY_ID: '' }],
    ['nothing that is right already', { AWS_ACCESS_KEY_ID: 'x' }, { AWS_ACCESS_KEY_ID: 'x' }, false, {}],
    [
      'no empty region, which the AWS CLI rejects',
      { AWS_REGION: '', AWS_DEFAULT_REGION: '' },
      region('eu-west-1'),
      false,
      {},
    ],
    [
      'one region for both variables',
      { AWS_REGION: '', AWS_DEFAULT_REGION: 'us-west-2' },
      region('eu-west-1'),
      false,
      region('us-west-2'),
    ],
    [
      'the default profile in place of an empty name, where it exists',
      { AWS_PROFILE: '', AWS_DEFAULT_PROFILE: '' },
      { AWS_PROFILE: 'dev', AWS_DEFAULT_PROFILE: 'dev' },
      true,
      { AWS_PROFILE: 'default', AWS_DEFAULT_PROFILE: 'default' },
    ],
    ['an empty name otherwise', { AWS_PROFILE: '' }, { AWS_PROFILE: 'dev' }, false, { AWS_PROFILE: '' }],
  ])('%s', (_name, replaced, env, hasDefault, expected) => {
    expect(valuesToRestore(replaced, env, hasDefault)).toEqual(expected);
  });
});
