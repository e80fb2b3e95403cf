import { describe, expect, test } from '@jest/globals';
import { partitionOfRegion } from '../../../src/aws/partitions.ts';
import { readGitHubOidc, readIdentity } from '../../../src/config/identity-config.ts';
import { type Inputs, partsOf, problemsIn, readerOf } from './problems.ts';

const ROLE: Inputs = { 'role-to-assume': 'arn:aws:iam::111111111111:role/deploy' };
const PROFILES: Inputs = { 'profiles-file': 'profiles.ini' };
const FILE: Inputs = { 'web-identity-token-file': '/var/token' };
const KEYS: Inputs = { 'aws-access-key-id': 'AKIAX', 'aws-secret-access-key': 'secret' };
const SAML: Inputs = {
  'saml-assertion': 'c2FtbA==',
  'saml-provider-arn': 'arn:aws:iam::111111111111:saml-provider/corp',
};
/** A job with the permission `id-token: write`. */
const MAY_REQUEST_TOKEN = { ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'bearer' };

const PARTITION = partitionOfRegion('eu-west-1');

/** The identity; the problems of the inputs if they have any. */
function identity(inputs: Inputs, env: Record<string, string> = MAY_REQUEST_TOKEN) {
  const reader = readerOf(inputs);
  const read = readIdentity(reader, env, PARTITION);
  const problems = problemsIn(reader);
  return problems.length === 0 ? read : { read, problems };
}

describe('auth: auto takes the first identity that the inputs describe', () => {
  test.each<[string, Inputs]>([
    ['saml', { ...SAML, ...FILE, ...KEYS, ...ROLE }],
    ['saml', SAML],
    ['web-identity-file', { ...FILE, ...KEYS, ...ROLE }],
    ['web-identity-file', { ...FILE, ...PROFILES }],
    ['static', { ...FILE, ...KEYS }],
    ['static', { ...KEYS, ...ROLE }],
    ['github-oidc', ROLE],
    ['github-oidc', PROFILES],
    ['ambient', { ...ROLE, 'role-chaining': 'true' }],
    ['ambient', { ...ROLE, 'force-skip-oidc': 'true' }],
    ['ambient', FILE],
    ['ambient', {}],
  ])('%s: %j', (kind, inputs) => {
    expect(identity(inputs)).toMatchObject({ kind });
    expect(identity({ ...inputs, auth: 'auto' })).toMatchObject({ kind });
  });

  test.each([{}, { ACTIONS_ID_TOKEN_REQUEST_TOKEN: '' }])(
    'without the permission to request a token (%j), the environment',
    (env) => {
      expect(identity(ROLE, env)).toMatchObject({ kind: 'ambient', insteadOfOidc: true });
    },
  );
});

describe('auth chooses an identity whatever else is given', () => {
  const all = { ...SAML, ...FILE, ...KEYS };

  test.each(['github-oidc', 'web-identity-file', 'static', 'ambient', 'saml'])('%s', (auth) => {
    expect(identity({ ...all, auth }, {})).toMatchObject({ kind: auth });
  });
});

describe('the credentials in the environment', () => {
  test.each<[boolean, Inputs]>([
    [true, { ...ROLE }],
    [true, { ...PROFILES }],
    [false, {}],
    [false, { ...ROLE, auth: 'ambient' }],
    [false, { ...ROLE, 'role-chaining': 'true' }],
    [false, { ...ROLE, 'force-skip-oidc': 'true' }],
  ])('are used because there is no permission to request a token: %j for %j', (insteadOfOidc, inputs) => {
    expect(identity(inputs, {})).toEqual({ kind: 'ambient', insteadOfOidc, ignoreVariables: false });
  });

  test('do not include the variables that unset-current-credentials removes', () => {
    expect(identity({ 'unset-current-credentials': 'true' })).toMatchObject({ ignoreVariables: true });
  });
});

test('access keys can have a session token', () => {
  const credentials = { accessKeyId: 'AKIAX', secretAccessKey: 'secret', expiration: undefined };
  expect(identity(KEYS)).toEqual({
    kind: 'static',
    credentials: { ...credentials, sessionToken: undefined },
  });
  expect(identity({ ...KEYS, 'aws-session-token': 'token' })).toEqual({
    kind: 'static',
    credentials: { ...credentials, sessionToken: 'token' },
  });
});

test('a token file and a SAML assertion are read from their inputs', () => {
  expect(identity({ ...FILE, ...ROLE })).toEqual({ kind: 'web-identity-file', path: '/var/token' });
  expect(identity(SAML)).toEqual({
    kind: 'saml',
    assertion: 'c2FtbA==',
    providerArn: 'arn:aws:iam::111111111111:saml-provider/corp',
  });
});

describe('the audience of the OIDC token', () => {
  const audiences = (inputs: Inputs, region?: string) => {
    const partition = region === undefined ? undefined : partitionOfRegion(region);
    return readGitHubOidc(readerOf(inputs), partition);
  };

  test.each([
    ['eu-west-1', {}, 'sts.amazonaws.com', undefined],
    ['us-gov-west-1', {}, 'sts.amazonaws.com', undefined],
    ['cn-north-1', {}, 'sts.amazonaws.com', 'sts.amazonaws.com.cn'],
    ['cn-north-1', { audience: 'mine' }, 'mine', undefined],
    ['eu-west-1', { audience: 'mine' }, 'mine', undefined],
  ])('in %s with %j is %s, and then %s', (region, inputs, audience, otherAudience) => {
    expect(audiences(inputs, region)).toEqual({ kind: 'github-oidc', audience, otherAudience });
  });

  test('does not need a region', () => {
    expect(audiences({})).toMatchObject({ kind: 'github-oidc', audience: 'sts.amazonaws.com' });
  });
});

describe('an identity of which a part is missing', () => {
  test.each<[string, Inputs, string[]]>([
    ['no token file', { auth: 'web-identity-file' }, ['web-identity-token-file']],
    ['no keys', { auth: 'static' }, ['aws-access-key-id', 'aws-secret-access-key']],
    ['no secret key', { 'aws-access-key-id': 'AKIAX' }, ['aws-secret-access-key']],
    ['no key ID', { 'aws-secret-access-key': 'secret' }, ['aws-access-key-id']],
    ['no assertion', { ...SAML, 'saml-assertion': '', auth: 'saml' }, ['saml-assertion']],
    ['no provider', { ...SAML, 'saml-provider-arn': '' }, ['saml-provider-arn']],
    ['neither', { auth: 'saml' }, ['saml-assertion', 'saml-provider-arn']],
  ])('%s', (_title, inputs, missing) => {
    expect(identity(inputs)).toEqual({
      read: undefined,
      problems: missing.map((name) => `${name}: nothing`),
    });
  });

  const fact = (inputs: Inputs) => {
    const reader = readerOf(inputs);
    readIdentity(reader, {}, PARTITION);
    return partsOf(() => reader.assertNoProblems()).map(({ expected, remedy }) => [expected, remedy]);
  };

  test('is asked for', () => {
    expect(fact({ auth: 'web-identity-file' })).toEqual([
      [
        'the path of the token file, which auth: web-identity-file requires',
        'Add web-identity-token-file, absolute or relative to the workspace.',
      ],
    ]);
    expect(fact({ 'aws-access-key-id': 'AKIAX' })).toEqual([
      [
        'aws-access-key-id and aws-secret-access-key together',
        'Add aws-secret-access-key. If it comes from a secret, check that the secret exists and has a value in this job.',
      ],
    ]);
    expect(fact({ auth: 'saml' })).toEqual([
      ['the SAML response in base64, which auth: saml requires', 'Add saml-assertion.'],
      ['the ARN of the SAML provider in IAM for the assertion', 'Add saml-provider-arn.'],
    ]);
  });
});
