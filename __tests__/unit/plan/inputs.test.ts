import { describe, expect, test } from '@jest/globals';
import type { IdentityConfig, SessionConfig } from '../../../src/config/config.ts';
import { makePlan } from '../../../src/plan/make-plan.ts';
import { profileList } from '../../../src/plan/profile-list.ts';
import { assumeRoleOf, configOf, KEYS, planOf, requestOf, roleIn, tagKeysOf } from './plan-of.ts';

const CHAIN = { 'role-to-assume': roleIn('1'), 'role-chain': `${roleIn('2')}\n${roleIn('3')}` };
const [FIRST, SECOND, THIRD] = ['session 1', 'session 2', 'session 3'] as const;
const DEVICE = { 'mfa-serial': 'arn:aws:iam::111111111111:mfa/ci', 'mfa-code': '123456' };

describe('a chain of roles', () => {
  test('is one session for each role; the last is delivered', async () => {
    const plan = await planOf({ ...CHAIN, 'aws-profile': 'work' });
    expect(plan.nodes.map(({ id, source }) => [id, source])).toMatchObject([
      [FIRST, { kind: 'identity', identity: { kind: 'github-oidc' } }],
      [SECOND, { kind: 'node', id: FIRST }],
      [THIRD, { kind: 'node', id: SECOND }],
    ]);
    expect(plan.delivered).toEqual([
      { node: THIRD, region: 'eu-west-1', isDefault: true, profile: { name: 'work', settings: [] } },
    ]);
    expect((await planOf(CHAIN)).delivered[0]?.profile).toBeUndefined();
  });

  test('has session policies and duration on the last role, external ID and source identity on each', async () => {
    const plan = await planOf({
      ...KEYS,
      ...CHAIN,
      'role-external-id': 'xy',
      'source-identity': 'octocat',
      'inline-session-policy': '{"Statement":[]}',
      'managed-session-policies': 'arn:aws:iam::aws:policy/A',
      'role-duration-seconds': '1800',
    });
    const each = { externalId: 'xy', sourceIdentity: 'octocat', sessionName: 'octo-org.octo-app-42' };
    const onTheWay = {
      ...each,
      inlinePolicy: undefined,
      policyArns: [],
      duration: { kind: 'seconds', seconds: 900 },
    };
    expect(assumeRoleOf(plan, FIRST)).toMatchObject(onTheWay);
    expect(assumeRoleOf(plan, SECOND)).toMatchObject(onTheWay);
    expect(assumeRoleOf(plan, THIRD)).toMatchObject({
      ...each,
      inlinePolicy: '{"Statement":[]}',
      policyArns: ['arn:aws:iam::aws:policy/A'],
      duration: { kind: 'seconds', seconds: 1800 },
    });
  });

  test('has MFA on the first role alone', async () => {
    const plan = await planOf({ ...KEYS, ...CHAIN, ...DEVICE });
    expect([FIRST, SECOND, THIRD].map((id) => assumeRoleOf(plan, id).mfa?.serial)).toEqual([
      DEVICE['mfa-serial'],
      undefined,
      undefined,
    ]);
  });

  test('does not send inherited tags again', async () => {
    const tags = { 'custom-tags': '{"Team": "x"}', 'transitive-tag-keys': 'team' };
    const byKeys = await planOf({ ...KEYS, ...CHAIN, ...tags });
    expect([FIRST, SECOND, THIRD].map((id) => tagKeysOf(byKeys, id).includes('Team'))).toEqual([
      true,
      false,
      false,
    ]);
    // A session by OIDC has none, so the second is the first to have them.
    const byOidc = await planOf({ ...CHAIN, ...tags });
    expect([SECOND, THIRD].map((id) => tagKeysOf(byOidc, id).includes('Team'))).toEqual([true, false]);
    expect([SECOND, THIRD].map((id) => assumeRoleOf(byOidc, id).transitiveTagKeys)).toEqual([['team'], []]);
  });

  test('can have the same role more than once', async () => {
    const plan = await planOf({
      'role-to-assume': roleIn('1'),
      'role-chain': `${roleIn('1')}\n${roleIn('1')}`,
    });
    expect(plan.nodes).toHaveLength(3);
  });
});

test('a profile before its source is a mistake in the list', async () => {
  const config = configOf(CHAIN);
  const list = await profileList(config, async () => '');
  const reversed = { ...list, entries: list.entries.toReversed(), selected: [FIRST, SECOND, THIRD] };
  expect(() => makePlan(reversed, config)).toThrow(
    new TypeError('the list has session 2 after a profile that needs it'),
  );
});

test.each([
  ['', { kind: 'seconds', seconds: 3600 }, 3600],
  ['0', { kind: 'seconds', seconds: 3600 }, 3600],
  ['43200', { kind: 'seconds', seconds: 43_200 }, 3600],
  ['max', { kind: 'longest', limitSeconds: 129_600 }, 3600],
  ['120', { kind: 'cut', seconds: 120 }, 120],
])('role-duration-seconds %j for one role, and for a chained one', async (input, alone, chained) => {
  const inputs = { 'role-to-assume': roleIn('1'), 'role-duration-seconds': input };
  expect(requestOf(await planOf(inputs), FIRST)).toMatchObject({ duration: alone });
  const plan = await planOf({ ...inputs, 'role-chain': roleIn('2') });
  expect(requestOf(plan, SECOND)).toMatchObject({ duration: { seconds: chained } });
});

describe('a role given by its name', () => {
  const arns = async (inputs: Record<string, string>) =>
    (await planOf({ ...KEYS, ...inputs })).nodes.map(({ request }) => 'role' in request && request.role.arn);

  test('is in the account of the role before', async () => {
    expect(await arns({ 'role-to-assume': roleIn('1'), 'role-chain': `x\n${roleIn('2')}\nteam/y` })).toEqual([
      roleIn('1'),
      roleIn('1', 'x'),
      roleIn('2'),
      roleIn('2', 'team/y'),
    ]);
  });

  test("is in the only allowed account, otherwise in the caller's", async () => {
    const names = { 'role-to-assume': 'x', 'role-chain': `y\n${roleIn('2')}\nz` };
    const allowed = '3'.repeat(12);
    expect(await arns(names)).toEqual([roleIn('9', 'x'), roleIn('9', 'y'), roleIn('2'), roleIn('2', 'z')]);
    expect(await arns({ ...names, 'allowed-account-ids': allowed })).toEqual([
      roleIn('3', 'x'),
      roleIn('3', 'y'),
      roleIn('2'),
      roleIn('2', 'z'),
    ]);
    expect(await arns({ 'role-to-assume': 'x', 'allowed-account-ids': `${allowed},111111111111` })).toEqual([
      roleIn('9', 'x'),
    ]);
  });

  test('needs no look-up of the caller where the account is known', async () => {
    const config = configOf({ ...KEYS, 'role-to-assume': roleIn('1'), 'role-chain': 'x' });
    const list = await profileList(config, () => Promise.reject(new Error('looked up')));
    expect(list.entries.map(({ role }) => role?.arn)).toEqual([roleIn('1'), roleIn('1', 'x')]);
  });
});

describe('which STS operation', () => {
  const IDENTITIES: Record<IdentityConfig['kind'], IdentityConfig> = {
    'github-oidc': { kind: 'github-oidc', audience: 'sts.amazonaws.com', otherAudience: undefined },
    'web-identity-file': { kind: 'web-identity-file', path: 'token' },
    saml: { kind: 'saml', assertion: 'AAAA', providerArn: 'arn:aws:iam::111111111111:saml-provider/corp' },
    static: {
      kind: 'static',
      credentials: { accessKeyId: 'A', secretAccessKey: 'x', sessionToken: undefined, expiration: undefined },
    },
    ambient: { kind: 'ambient', insteadOfOidc: false, ignoreVariables: false },
  };
  const OPERATIONS: Record<SessionConfig['operation'], string> = {
    'get-caller-identity': 'GetCallerIdentity',
    'get-session-token': 'GetSessionToken',
    'get-federation-token': 'GetFederationToken',
  };
  const operationsOf = async (
    identity: IdentityConfig,
    roles: Record<string, string>,
    operation: SessionConfig['operation'] = 'get-caller-identity',
  ) => {
    const config = configOf({ ...KEYS, ...roles });
    const changed = { ...config, identity, session: { ...config.session, operation } };
    const plan = makePlan(await profileList(changed, async () => '9'.repeat(12)), changed);
    return plan.nodes.map(({ request }) => request.operation);
  };

  test.each<[IdentityConfig['kind'], string]>([
    ['github-oidc', 'AssumeRoleWithWebIdentity'],
    ['web-identity-file', 'AssumeRoleWithWebIdentity'],
    ['saml', 'AssumeRoleWithSAML'],
    ['static', 'AssumeRole'],
    ['ambient', 'AssumeRole'],
  ])('%s with a role: %s, then AssumeRole', async (kind, expected) => {
    expect(await operationsOf(IDENTITIES[kind], CHAIN)).toEqual([expected, 'AssumeRole', 'AssumeRole']);
  });

  describe.each(Object.entries(IDENTITIES))('%s without a role', (_kind, identity) => {
    test.each(Object.entries(OPERATIONS))('operation %s: %s', async (operation, expected) => {
      expect(await operationsOf(identity, {}, operation as SessionConfig['operation'])).toEqual([expected]);
    });
  });
});

describe('without a role', () => {
  test('the credentials are looked up', async () => {
    const plan = await planOf({ ...KEYS, 'inline-session-policy': '{"Statement":[]}' });
    expect(plan.nodes).toMatchObject([{ id: FIRST, request: { operation: 'GetCallerIdentity' } }]);
    expect(plan.delivered).toMatchObject([{ node: FIRST, isDefault: true }]);
  });

  test('GetSessionToken has the duration and MFA', async () => {
    const inputs = { operation: 'get-session-token', 'role-duration-seconds': '129600' };
    expect(requestOf(await planOf({ ...KEYS, ...inputs, ...DEVICE }), FIRST)).toEqual({
      operation: 'GetSessionToken',
      duration: { kind: 'seconds', seconds: 129_600 },
      mfa: { serial: DEVICE['mfa-serial'], code: { kind: 'code', code: '123456' } },
    });
  });

  test('GetFederationToken has the name, the policies and the tags', async () => {
    const plan = await planOf({
      ...KEYS,
      operation: 'get-federation-token',
      'federation-name': 'ci',
      'inline-session-policy': '{"Statement":[]}',
      'custom-tags': '{"Team": "x"}',
    });
    expect(requestOf(plan, FIRST)).toMatchObject({
      operation: 'GetFederationToken',
      name: 'ci',
      inlinePolicy: '{"Statement":[]}',
      policyArns: [],
      duration: { kind: 'seconds', seconds: 3600 },
      tags: expect.arrayContaining([{ key: 'Team', value: 'x', optional: false }]),
    });
  });
});
