/** Where the rules of `rules.test.ts` end: inputs that are valid together, and inputs with another problem already. */
import { describe, expect, test } from '@jest/globals';
import { readConfig } from '../../../src/config/read-config.ts';
import { PUSH } from '../../support/events.ts';
import { type Inputs, partsOf, problemsOf, textOf } from './problems.ts';

const ROLE = 'arn:aws:iam::111111111111:role/deploy';
const REGION: Inputs = { 'aws-region': 'eu-west-1' };
const FLAT: Inputs = { ...REGION, 'role-to-assume': ROLE };
const KEYS: Inputs = { 'aws-access-key-id': 'AKIAX', 'aws-secret-access-key': 'secret' };
const FILE: Inputs = { 'web-identity-token-file': '/var/token' };
const MFA: Inputs = { 'mfa-serial': 'arn:aws:iam::111111111111:mfa/ci', 'mfa-code': '123456' };
const POLICY: Inputs = { 'managed-session-policies': 'arn:aws:iam::aws:policy/ReadOnlyAccess' };
const DEVICE = 'mfa_serial = arn:aws:iam::111111111111:mfa/ci\n';
const GRAPH: Inputs = { ...REGION, profiles: `[a]\nrole_arn = ${ROLE}\n` };

const read = (inputs: Inputs) => () => {
  const { profiles: text } = inputs;
  readConfig({
    text: textOf(inputs),
    env: { ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'bearer' },
    job: { repository: 'octo-org/octo-app', runId: '42' },
    pullRequest: PUSH,
    profiles: text === undefined ? undefined : { input: 'profiles', text },
  });
};

describe('inputs that are valid together', () => {
  test.each<[string, Inputs]>([
    [
      'temporary keys with their token',
      { ...FLAT, ...KEYS, 'aws-access-key-id': 'ASIAX', 'aws-session-token': 'x' },
    ],
    ['the longest session of a role', { ...FLAT, 'role-duration-seconds': '43200' }],
    [
      'a longer session of a user',
      { ...REGION, ...KEYS, operation: 'get-session-token', 'role-duration-seconds': '43201' },
    ],
    [
      'the shortest session of a user',
      { ...REGION, ...KEYS, operation: 'get-session-token', 'role-duration-seconds': '900' },
    ],
    [
      'a shorter session with a policy',
      { ...REGION, ...KEYS, ...POLICY, operation: 'get-federation-token', 'role-duration-seconds': '60' },
    ],
    [
      'a federated session with an inline policy',
      { ...REGION, ...KEYS, operation: 'get-federation-token', 'inline-session-policy': '{"Statement":[]}' },
    ],
    [
      'an operation with the keys in the environment',
      { ...REGION, auth: 'ambient', operation: 'get-session-token' },
    ],
    [
      'a token of keys that are not used',
      { ...REGION, auth: 'ambient', operation: 'get-session-token', 'aws-session-token': 'x' },
    ],
    ['MFA for a session token', { ...REGION, ...KEYS, ...MFA, operation: 'get-session-token' }],
    ['MFA for a role', { ...FLAT, ...MFA, auth: 'ambient' }],
    ['keys alone', { ...REGION, ...KEYS }],
    ['a trust policy for each role', { ...FLAT, 'role-chain': ROLE, 'trust-policy': 'a\nb' }],
    ['session tags with the OIDC token', { ...FLAT, 'tag-oidc-session': 'true' }],
    ['session tags with a token file', { ...FLAT, ...FILE, 'tag-oidc-session': 'true' }],
    [
      'session tags of profiles, which have sources of their own',
      { ...GRAPH, ...KEYS, 'tag-oidc-session': 'true' },
    ],
    [
      'roles for pull requests in the accounts alone',
      {
        ...REGION,
        auth: 'ambient',
        'accounts-from': 'organization',
        'account-role': 'deploy',
        'account-role-for-pull-requests': 'read',
      },
    ],
    ['a trust policy with a token file', { ...FLAT, ...FILE, 'trust-policy': 'a' }],
    [
      'refresh of a session token',
      { ...REGION, ...KEYS, operation: 'get-session-token', refresh: 'process' },
    ],
    ['refresh of profiles', { ...GRAPH, refresh: 'broker' }],
    [
      'refresh with the secret of an MFA device',
      { ...FLAT, ...KEYS, ...MFA, 'mfa-code': '', 'mfa-totp-secret': 'A'.repeat(16), refresh: 'process' },
    ],
    ['a wait without a timeout', { ...FLAT, 'wait-for-role': '3600', 'action-timeout-s': '0' }],
    ['a wait shorter than the timeout', { ...FLAT, 'wait-for-role': '59' }],
    [
      'no wait, no retry and no timeout',
      { ...FLAT, 'wait-for-role': '0', 'disable-retry': 'true', 'action-timeout-s': '0' },
    ],
    [
      'fallback regions of the same partition',
      {
        ...FLAT,
        'aws-region': 'cn-north-1',
        'role-to-assume': ROLE.replace('aws', 'aws-cn'),
        'sts-fallback-regions': 'cn-northwest-1',
      },
    ],
    [
      'the device of a profile with a code',
      { ...GRAPH, ...KEYS, profiles: GRAPH.profiles + DEVICE, 'mfa-code': '123456' },
    ],
    [
      'the device of a profile with a secret',
      { ...GRAPH, ...KEYS, profiles: GRAPH.profiles + DEVICE, 'mfa-totp-secret': 'A'.repeat(16) },
    ],
    ['a selected default profile', { ...GRAPH, 'select-profiles': 'a', 'default-profile': 'a' }],
  ])('%s', (_title, inputs) => {
    expect(problemsOf(read(inputs))).toEqual([]);
  });
});

describe('a part of the identity that is missing is the only problem', () => {
  const missing: Inputs = { ...REGION, auth: 'web-identity-file' };
  test.each<[string, Inputs]>([
    ['with no role', missing],
    ['with a role', { ...missing, 'role-to-assume': ROLE }],
    ['with a role by its name', { ...missing, 'role-to-assume': 'deploy' }],
    ['with an operation', { ...missing, operation: 'get-session-token' }],
    ['with MFA', { ...missing, 'role-to-assume': ROLE, ...MFA }],
    ['with a trust policy', { ...missing, 'role-to-assume': ROLE, 'trust-policy': 'a\nb' }],
    ['with session tags', { ...missing, 'role-to-assume': ROLE, 'tag-oidc-session': 'true' }],
    ['with refresh', { ...missing, 'role-to-assume': ROLE, refresh: 'process' }],
  ])('%s', (_title, inputs) => {
    expect(problemsOf(read(inputs))).toEqual(['web-identity-token-file: nothing']);
  });
});

describe('a problem of one input hides those that follow from it', () => {
  test.each<[string[], Inputs]>([
    [['role-to-assume: a b'], { ...REGION, 'role-to-assume': 'a b', auth: 'github-oidc' }],
    [
      ['role-chain: role-chain without role-to-assume'],
      { ...REGION, 'role-chain': ROLE, auth: 'github-oidc' },
    ],
    [['aws-region: nothing'], { 'role-to-assume': ROLE, 'sts-fallback-regions': 'cn-north-1' }],
    [['aws-region: nothing'], { 'role-to-assume': 'deploy' }],
  ])('%j', (expected, inputs) => {
    expect(problemsOf(read(inputs))).toEqual(expected);
  });
});

test('an operation is for signed requests', () => {
  const inputs: Inputs = {
    ...REGION,
    'saml-assertion': 'c2FtbA==',
    'saml-provider-arn': 'arn:aws:iam::111111111111:saml-provider/corp',
    operation: 'get-session-token',
  };
  expect(problemsOf(read(inputs))).toEqual([
    'role-to-assume: nothing',
    'operation: get-session-token with the identity saml',
  ]);
});

describe('what a rule expects', () => {
  const facts = (inputs: Inputs) => partsOf(read(inputs)).map(({ expected, remedy }) => [expected, remedy]);

  test.each<[Inputs, string, string]>([
    [
      { ...FLAT, ...KEYS, 'aws-access-key-id': 'ASIAX' },
      'the session token of the temporary access key',
      'Add aws-session-token.',
    ],
    [
      { ...FLAT, 'wait-for-role': '90' },
      'fewer seconds than action-timeout-s',
      'Set action-timeout-s to 150, or reduce wait-for-role.',
    ],
    [
      { ...FLAT, 'custom-tags': '{"Team": "x"}', 'transitive-tag-keys': 'Tema' },
      'keys of session tags: GitHub, Team',
      'Correct the key, or add the tag to custom-tags.',
    ],
    [
      {
        ...FLAT,
        'saml-assertion': 'c2FtbA==',
        'saml-provider-arn': 'arn:aws:iam::111111111111:saml-provider/corp',
        refresh: 'process',
      },
      'an identity with a new proof for each refresh; an assertion is valid for minutes',
      "Start from the job's OIDC token, or remove refresh.",
    ],
    [
      { ...FLAT, ...KEYS, ...MFA, refresh: 'process' },
      'mfa-totp-secret; a code is valid once',
      'Pass the secret key of the device instead of a code.',
    ],
    [
      { ...REGION, ...KEYS, refresh: 'process' },
      'a role to assume; access keys that are delivered unchanged cannot be refreshed',
      'Add role-to-assume, or remove refresh.',
    ],
    [
      { ...GRAPH, 'select-profiles': 'b' },
      'names of profiles, or patterns such as prod-* and !sandbox-*: a',
      'Correct the names, or add the profiles.',
    ],
  ])('%j', (inputs, expected, remedy) => {
    expect(facts(inputs)).toEqual([[expected, remedy]]);
  });
});
