import { describe, expect, test } from '@jest/globals';
import type { InputName } from '../../../src/config/inputs.ts';
import { readConfig } from '../../../src/config/read-config.ts';
import { ActionError } from '../../../src/platform/errors.ts';
import { PUSH } from '../../support/events.ts';

type Inputs = Partial<Record<InputName, string>>;

const ROLE = 'arn:aws:iam::111111111111:role/deploy';
const REGION: Inputs = { 'aws-region': 'eu-west-1' };
const FLAT: Inputs = { ...REGION, 'role-to-assume': ROLE };
const KEYS: Inputs = { 'aws-access-key-id': 'AKIAX', 'aws-secret-access-key': 'secret' };
const SAML: Inputs = {
  'saml-assertion': 'c2FtbA==',
  'saml-provider-arn': 'arn:aws:iam::111111111111:saml-provider/corp',
};
const MFA: Inputs = { 'mfa-serial': 'arn:aws:iam::111111111111:mfa/ci', 'mfa-code': '123456' };
const PROFILE = `[profile a]\nrole_arn = ${ROLE}\n`;
const GRAPH: Inputs = { ...REGION, profiles: PROFILE };
const ENV = { ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'bearer' };

/** The inputs at fault, each with what was found. */
function problemsOf(inputs: Inputs, env: Record<string, string> = ENV): string[] {
  const { profiles } = inputs;
  try {
    readConfig({
      text: Object.assign((name: InputName) => inputs[name] ?? '', {
        variableFor: (name: InputName) => (env[name] === undefined ? undefined : name),
      }),
      env,
      job: { repository: 'octo-org/octo-app', runId: '42' },
      pullRequest: PUSH,
      profiles: profiles === undefined ? undefined : { input: 'profiles', text: profiles },
    });
  } catch (error) {
    if (!(error instanceof ActionError)) throw error;
    const parts = error.details.parts ?? [error.details];
    return parts.map(({ problem, found }) => `${/(?:input|variable) (\S+)/.exec(problem)?.[1]}: ${found}`);
  }
  return [];
}

describe('inputs that are valid by themselves and not together', () => {
  test.each<[string, Inputs]>([
    ['role-chain: role-chain without role-to-assume', { ...REGION, ...KEYS, 'role-chain': ROLE }],
    ['role-to-assume: nothing', { ...REGION, auth: 'github-oidc' }],
    [
      'role-to-assume: nothing, with role-for-pull-requests, and the event push is not of a pull request',
      { ...REGION, auth: 'ambient', 'role-for-pull-requests': ROLE },
    ],
    [
      'operation: get-session-token with role-to-assume',
      { ...FLAT, ...KEYS, operation: 'get-session-token' },
    ],
    [
      'operation: get-session-token with aws-session-token',
      { ...REGION, ...KEYS, 'aws-session-token': 'x', operation: 'get-session-token' },
    ],
    [
      'operation: get-federation-token without a session policy',
      { ...REGION, ...KEYS, operation: 'get-federation-token' },
    ],
    ['role-duration-seconds: 43201', { ...FLAT, 'role-duration-seconds': '43201' }],
    ['role-duration-seconds: 43201', { ...GRAPH, 'role-duration-seconds': '43201' }],
    [
      'role-duration-seconds: 60',
      { ...REGION, ...KEYS, operation: 'get-session-token', 'role-duration-seconds': '60' },
    ],
    ['mfa-serial: mfa-serial with the identity github-oidc', { ...FLAT, ...MFA }],
    [
      'mfa-serial: mfa-serial with operation: get-federation-token',
      {
        ...REGION,
        ...KEYS,
        ...MFA,
        operation: 'get-federation-token',
        'inline-session-policy': '{"Statement":[]}',
      },
    ],
    ['mfa-serial: no mfa-serial with 1 of mfa-code and mfa-totp-secret', { ...FLAT, 'mfa-code': '123456' }],
    [
      'mfa-serial: mfa-serial with 2 of mfa-code and mfa-totp-secret',
      { ...FLAT, ...KEYS, ...MFA, 'mfa-totp-secret': 'A'.repeat(16) },
    ],
    ['transitive-tag-keys: Tema', { ...FLAT, ...KEYS, 'transitive-tag-keys': 'Tema' }],
    [
      'aws-session-token: nothing, with an aws-access-key-id that begins with ASIA',
      { ...FLAT, ...KEYS, 'aws-access-key-id': 'ASIAX' },
    ],
    ['trust-policy: 2 files for 1 role', { ...FLAT, 'trust-policy': 'a\nb' }],
    ['trust-policy: the identity static', { ...FLAT, ...KEYS, 'trust-policy': 'a' }],
    [
      'tag-oidc-session: true with role-skip-session-tagging: true',
      { ...FLAT, 'tag-oidc-session': 'true', 'role-skip-session-tagging': 'true' },
    ],
    ['tag-oidc-session: true with the identity static', { ...FLAT, ...KEYS, 'tag-oidc-session': 'true' }],
    [
      'broker-address: 169.254.170.2 with refresh: process',
      { ...FLAT, refresh: 'process', 'broker-address': '169.254.170.2' },
    ],
    ['refresh: process with a SAML assertion', { ...FLAT, ...SAML, refresh: 'process' }],
    ['refresh: broker with mfa-code', { ...FLAT, ...KEYS, ...MFA, refresh: 'broker' }],
    ['refresh: process with no role', { ...REGION, ...KEYS, refresh: 'process' }],
    ['wait-for-role: 60 s with a timeout of 60 s (action-timeout-s)', { ...FLAT, 'wait-for-role': '60' }],
    [
      'wait-for-role: 10 s with disable-retry: true',
      { ...FLAT, 'wait-for-role': '10', 'disable-retry': 'true' },
    ],
    [
      'sts-fallback-regions: cn-north-1, a region of partition aws-cn',
      { ...FLAT, 'sts-fallback-regions': 'eu-central-1\ncn-north-1' },
    ],
  ])('%s', (problem, inputs) => {
    expect(problemsOf(inputs)).toEqual([problem]);
  });
});

test('an address of the broker needs a broker, unless refresh is invalid anyway', () => {
  const given: Inputs = { ...FLAT, 'broker-address': '169.254.170.2' };
  expect(problemsOf({ ...given, refresh: 'broker' })).toEqual([]);
  expect(problemsOf({ ...given, refresh: 'hourly' })).toEqual(['refresh: hourly']);
});

describe('inputs that do not apply with profiles', () => {
  test.each<[string, Inputs]>([
    ['role-to-assume: role-to-assume with profiles', { 'role-to-assume': ROLE }],
    ['role-for-pull-requests: role-for-pull-requests with profiles', { 'role-for-pull-requests': ROLE }],
    ['role-chain: role-chain with profiles', { 'role-chain': ROLE }],
    ['role-external-id: role-external-id with profiles', { 'role-external-id': 'xy' }],
    [
      'inline-session-policy: inline-session-policy with profiles',
      { 'inline-session-policy': '{"Statement":[]}' },
    ],
    [
      'managed-session-policies: managed-session-policies with profiles',
      { 'managed-session-policies': 'arn:aws:iam::aws:policy/ReadOnlyAccess' },
    ],
    ['transitive-tag-keys: transitive-tag-keys with profiles', { 'transitive-tag-keys': 'Repository' }],
    ['mfa-serial: mfa-serial with profiles', MFA],
    ['aws-profile: aws-profile with profiles', { 'aws-profile': 'x' }],
    ['profiles-file: profiles and profiles-file', { 'profiles-file': 'x' }],
    ['operation: get-session-token with profiles', { operation: 'get-session-token' }],
    ['mfa-code: mfa-code and mfa-totp-secret', { 'mfa-code': '123456', 'mfa-totp-secret': 'A'.repeat(16) }],
    [
      'mfa-totp-secret: nothing, with mfa_serial in profile a',
      { profiles: `${PROFILE}mfa_serial = arn:aws:iam::111111111111:mfa/ci` },
    ],
    ['select-profiles: b, c', { 'select-profiles': 'b a c' }],
    ['default-profile: b', { 'default-profile': 'b' }],
    [
      'default-profile: b',
      {
        profiles: `${PROFILE}[profile b]\nrole_arn = ${ROLE}\n`,
        'select-profiles': 'a',
        'default-profile': 'b',
      },
    ],
  ])('%s', (problem, inputs) => {
    expect(problemsOf({ ...GRAPH, ...inputs })).toEqual([problem]);
  });
});

describe('one problem is not reported as several', () => {
  test.each<[string, Inputs]>([
    ['audience', { ...GRAPH, audience: 'two words' }],
    ['unset-current-credentials', { ...FLAT, auth: 'ambient', 'unset-current-credentials': 'yes' }],
    ['custom-tags', { ...FLAT, ...KEYS, 'custom-tags': '{', 'transitive-tag-keys': 'Team' }],
    ['action-timeout-s', { ...FLAT, 'action-timeout-s': '5m', 'wait-for-role': '120' }],
    ['role-chain', { ...FLAT, 'role-chain': 'a b', 'trust-policy': 'a\nb' }],
    [
      'inline-session-policy',
      { ...REGION, ...KEYS, operation: 'get-federation-token', 'inline-session-policy': '{' },
    ],
    [
      'profiles,',
      { ...GRAPH, profiles: '[profile a]\nrole_arn = x', 'select-profiles': 'a', 'default-profile': 'a' },
    ],
    [
      'mfa-code',
      { ...GRAPH, profiles: `${PROFILE}mfa_serial = arn:aws:iam::111111111111:mfa/ci`, 'mfa-code': '12' },
    ],
  ])('%s', (input, inputs) => {
    expect(problemsOf(inputs)).toEqual([expect.stringMatching(`^${input}`)]);
  });
});

describe('an input that this run does not use', () => {
  const unused: Inputs = { ...FLAT, auth: 'ambient', audience: 'two words' };

  test('is checked', () => {
    expect(problemsOf(unused)).toEqual(['audience: two words']);
    expect(problemsOf({ ...FLAT, 'translate-env-variables': 'no' })).toEqual(['translate-env-variables: no']);
    expect(problemsOf({ ...FLAT, 'allow-partial': 'no' })).toEqual(['allow-partial: no']);
  });

  test('is ignored if a variable supplies it, which may be meant for another program', () => {
    expect(problemsOf(unused, { audience: 'two words' })).toEqual([]);
  });
});

test('the variable for the endpoint is named as a variable, and not used with sts-endpoint', () => {
  const env = { ...ENV, AWS_ENDPOINT_URL_STS: 'not a url' };
  expect(problemsOf(FLAT, env)).toEqual([
    'AWS_ENDPOINT_URL_STS: 9 characters (not shown because they may contain a password)',
  ]);
  expect(problemsOf({ ...FLAT, 'sts-endpoint': 'https://sts.example.com' }, env)).toEqual([]);
});
