import { describe, expect, test } from '@jest/globals';
import { heldCredentials, type Identity } from '../../../src/identity/identity.ts';
import { commandFor, ownerIn } from '../../../src/sts/operations.ts';
import { requestOf } from './requests.ts';

const ROLE = { RoleArn: 'arn:aws:iam::111111111111:role/deploy', DurationSeconds: 3600 };
const NOW = 1_700_000_000_000;

const KEYS = heldCredentials({
  accessKeyId: 'AKIA',
  secretAccessKey: 'secret',
  sessionToken: undefined,
  expiration: undefined,
});
const TOKEN: Identity = {
  kind: 'web-identity',
  token: async () => ({ jwt: 'a.b.c', claims: {} }),
  presented: () => undefined,
  tryOtherAudience: () => false,
};
const SAML: Identity = { kind: 'saml', assertion: 'assertion', providerArn: 'arn:provider' };

describe('the parameters of an operation', () => {
  const policies = { inlinePolicy: '{}', policyArns: ['arn:aws:iam::aws:policy/ReadOnlyAccess'] };
  const POLICIES = { Policy: '{}', PolicyArns: [{ arn: 'arn:aws:iam::aws:policy/ReadOnlyAccess' }] };
  const tags = ['Team', 'Job'].map((key) => ({ key, value: 'x', optional: false }));
  const Tags = ['Team', 'Job'].map((Key) => ({ Key, Value: 'x' }));

  test.each([
    [
      'a token',
      requestOf('AssumeRoleWithWebIdentity'),
      TOKEN,
      { RoleSessionName: 'test', WebIdentityToken: 'a.b.c', ...ROLE },
    ],
    [
      'an assertion',
      requestOf('AssumeRoleWithSAML'),
      SAML,
      { SAMLAssertion: 'assertion', PrincipalArn: 'arn:provider', ...ROLE },
    ],
    ['keys and a role', requestOf('AssumeRole'), KEYS, { RoleSessionName: 'test', ...ROLE }],
    [
      'keys, a role, and all options',
      {
        ...requestOf('AssumeRole'),
        ...policies,
        tags,
        transitiveTagKeys: ['team', 'left-out'],
        externalId: 'id',
        sourceIdentity: 'octocat',
        mfa: { serial: 'device', code: { kind: 'code', code: '123456' } as const },
      },
      KEYS,
      {
        ...ROLE,
        ...POLICIES,
        Tags,
        TransitiveTagKeys: ['team'],
        RoleSessionName: 'test',
        ExternalId: 'id',
        SourceIdentity: 'octocat',
        SerialNumber: 'device',
        TokenCode: '123456',
      },
    ],
    ['keys', requestOf('GetSessionToken'), KEYS, { DurationSeconds: 3600 }],
    [
      'keys and a name',
      { ...requestOf('GetFederationToken'), ...policies, tags },
      KEYS,
      { Name: 'ci', DurationSeconds: 3600, Tags, ...POLICIES },
    ],
    ['keys whose owner is unknown', requestOf('GetCallerIdentity'), KEYS, {}],
  ] as const)('with %s', async (_name, request, identity, parameters) => {
    expect((await commandFor(request, identity, NOW)).input).toEqual(parameters);
  });

  test('a code made from the secret of a device is valid at the time', async () => {
    const mfa = {
      serial: 'device',
      code: { kind: 'totp', secret: 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ' },
    } as const;
    // RFC 6238, Appendix B: the last six of 94287082.
    const command = await commandFor({ ...requestOf('GetSessionToken'), mfa }, KEYS, 59_000);
    expect(command.input).toMatchObject({ TokenCode: '287082' });
  });

  test('an identity of another kind is a defect', async () => {
    await expect(commandFor(requestOf('AssumeRole'), TOKEN, NOW)).rejects.toThrow(TypeError);
    await expect(commandFor(requestOf('AssumeRoleWithWebIdentity'), KEYS, NOW)).rejects.toThrow(TypeError);
  });

  test('a duration that is not settled is a defect', async () => {
    const request = { ...requestOf('AssumeRole'), duration: { kind: 'cut', seconds: 60 } } as const;
    await expect(commandFor(request, KEYS, NOW)).rejects.toThrow(TypeError);
  });
});

test.each([
  [
    'AssumeRole',
    { AssumedRoleUser: { Arn: 'arn:aws:sts::111111111111:assumed-role/a/b', AssumedRoleId: 'AROA:b' } },
    'AROA:b',
  ],
  [
    'GetFederationToken',
    { FederatedUser: { Arn: 'arn:aws:sts::111111111111:federated-user/ci', FederatedUserId: '1:ci' } },
    '1:ci',
  ],
  [
    'GetCallerIdentity',
    { Arn: 'arn:aws:iam::111111111111:user/ci', Account: '111111111111', UserId: 'AIDA' },
    'AIDA',
  ],
] as const)('the owner in an answer to %s', (operation, answer, userId) => {
  const owner = ownerIn({ ...answer, $metadata: {} }, requestOf(operation));
  expect(owner).toMatchObject({ accountId: '111111111111', userId });
});

test('the answer to GetSessionToken names no owner', () => {
  const none = { arn: '', accountId: '', userId: '' };
  expect(ownerIn({ $metadata: {} }, requestOf('GetSessionToken'))).toEqual(none);
});
