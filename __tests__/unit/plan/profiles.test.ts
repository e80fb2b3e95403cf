import { describe, expect, test } from '@jest/globals';
import { assumeRoleOf, KEYS, planOf, requestOf, roleIn, tagKeysOf } from './plan-of.ts';

/** Profiles from `name: settings` pairs, in this order. */
const profiles = (sections: Record<string, string[]>) =>
  Object.entries(sections)
    .map(([name, settings]) => [`[profile ${name}]`, ...settings].join('\n'))
    .join('\n');
const role = (account: string) => `role_arn = ${roleIn(account)}`;
const from = (name: string) => `source_profile = ${name}`;

const CHAIN = profiles({
  c: [role('3'), from('b')],
  b: [role('2'), from('a')],
  a: [role('1')],
  x: [role('4')],
  y: [role('5'), from('x')],
});
const HUB = profiles({ hub: [role('1')], dev: [role('2'), from('hub')], prod: [role('3'), from('hub')] });

describe('which sessions', () => {
  test('a chain of which only the last profile is selected keeps its order, and leaves out other profiles', async () => {
    const plan = await planOf({ profiles: CHAIN, 'select-profiles': 'c' });
    expect(plan.nodes.map(({ id, source }) => [id, source])).toMatchObject([
      ['a', { kind: 'identity', identity: { kind: 'github-oidc' } }],
      ['b', { kind: 'node', id: 'a' }],
      ['c', { kind: 'node', id: 'b' }],
    ]);
    expect(plan.delivered).toEqual([
      { node: 'c', region: 'eu-west-1', isDefault: false, profile: { name: 'c', settings: [] } },
    ]);
  });

  test('a hub is one session for all profiles that start from it', async () => {
    const { nodes } = await planOf({ profiles: HUB, 'select-profiles': 'dev,prod' });
    expect(nodes.map(({ id }) => id)).toEqual(['hub', 'dev', 'prod']);
    expect(nodes.slice(1).map(({ source }) => source)).toEqual([
      { kind: 'node', id: 'hub' },
      { kind: 'node', id: 'hub' },
    ]);
  });

  test('the same role in several profiles is one session, with the name of the first', async () => {
    const twice = profiles({
      a: [role('1')],
      b: [role('1'), 'region = us-east-1', 'output = json'],
      c: [role('2'), from('b')],
      d: [role('2'), from('a')],
    });
    const plan = await planOf({ profiles: twice, 'default-profile': 'b' });
    expect(plan.nodes.map(({ id, source }) => [id, source.kind === 'node' && source.id])).toEqual([
      ['a', false],
      ['c', 'a'],
    ]);
    expect(plan.delivered).toEqual([
      { node: 'a', region: 'eu-west-1', isDefault: false, profile: { name: 'a', settings: [] } },
      {
        node: 'a',
        region: 'us-east-1',
        isDefault: true,
        profile: { name: 'b', settings: [['output', 'json']] },
      },
      { node: 'c', region: 'eu-west-1', isDefault: false, profile: { name: 'c', settings: [] } },
      { node: 'c', region: 'eu-west-1', isDefault: false, profile: { name: 'd', settings: [] } },
    ]);
  });

  test.each([
    ['another external ID', 'external_id = xy'],
    ['another session name', 'role_session_name = other'],
    ['another duration', 'duration_seconds = 900'],
    ['another policy', 'session_policy = {"Statement":[]}'],
    ['another source', 'credential_source = Environment'],
  ])('the same role with %s is a session of its own', async (_what, setting) => {
    const two = profiles({ a: [role('1')], b: [role('1'), setting] });
    expect((await planOf({ ...KEYS, profiles: two })).nodes).toHaveLength(2);
  });
});

test('a profile starts from the identity of the inputs, or from the one that its section names', async () => {
  const text = profiles({
    a: [role('1')],
    b: [role('1'), 'credential_source = GitHubOidc'],
    c: [role('1'), 'credential_source = Ec2InstanceMetadata'],
    d: [role('1'), 'web_identity_token_file = token'],
  });
  const { nodes } = await planOf({ ...KEYS, audience: 'aud', profiles: text });
  expect(nodes).toMatchObject([
    { source: { identity: { kind: 'static' } }, request: { operation: 'AssumeRole' } },
    {
      source: { identity: { kind: 'github-oidc', audience: 'aud' } },
      request: { operation: 'AssumeRoleWithWebIdentity' },
    },
    {
      source: { identity: { kind: 'ambient', insteadOfOidc: false, ignoreVariables: false } },
      request: { operation: 'AssumeRole' },
    },
    {
      source: { identity: { kind: 'web-identity-file', path: 'token' } },
      request: { operation: 'AssumeRoleWithWebIdentity' },
    },
  ]);
});

describe('settings of a profile, otherwise of the inputs', () => {
  const INPUTS = {
    ...KEYS,
    'role-session-name': 'from-input',
    'role-duration-seconds': '1800',
    'source-identity': 'input',
    'custom-tags': '{"Team": "input"}',
  };

  test('fall back to the inputs', async () => {
    const plan = await planOf({ ...INPUTS, profiles: profiles({ a: [role('1')] }) });
    expect(assumeRoleOf(plan, 'a')).toMatchObject({
      sessionName: 'from-input',
      duration: { kind: 'seconds', seconds: 1800 },
      sourceIdentity: 'input',
      externalId: undefined,
      inlinePolicy: undefined,
      policyArns: [],
    });
    expect(assumeRoleOf(plan, 'a').tags).toContainEqual({ key: 'Team', value: 'input', optional: false });
  });

  test('have the value in the section', async () => {
    const own = [
      'role_session_name = own',
      'duration_seconds = 7200',
      'source_identity = self',
      'external_id = xy',
      'session_tags = {"Team": "own"}',
      'session_policy = {"Statement": []}',
      'policy_arns = arn:aws:iam::aws:policy/A',
    ];
    const plan = await planOf({ ...INPUTS, profiles: profiles({ a: [role('1'), ...own] }) });
    expect(assumeRoleOf(plan, 'a')).toMatchObject({
      sessionName: 'own',
      duration: { kind: 'seconds', seconds: 7200 },
      sourceIdentity: 'self',
      externalId: 'xy',
      inlinePolicy: '{"Statement":[]}',
      policyArns: ['arn:aws:iam::aws:policy/A'],
    });
    expect(assumeRoleOf(plan, 'a').tags).toContainEqual({ key: 'Team', value: 'own', optional: false });
  });

  test('session policies stay on a profile that only leads to others', async () => {
    const text = profiles({
      a: [role('1'), 'policy_arns = arn:aws:iam::aws:policy/A'],
      b: [role('2'), from('a')],
    });
    const plan = await planOf({ profiles: text, 'select-profiles': 'b' });
    expect(requestOf(plan, 'a')).toMatchObject({ policyArns: ['arn:aws:iam::aws:policy/A'] });
    expect(requestOf(plan, 'b')).toMatchObject({ policyArns: [] });
  });
});

test('an MFA code is for the profiles that have a device', async () => {
  const device = 'arn:aws:iam::111111111111:mfa/ci';
  const text = profiles({ a: [role('1'), `mfa_serial = ${device}`], b: [role('2')] });
  const plan = await planOf({ ...KEYS, profiles: text, 'mfa-code': '123456' });
  expect(assumeRoleOf(plan, 'a').mfa).toEqual({ serial: device, code: { kind: 'code', code: '123456' } });
  expect(assumeRoleOf(plan, 'b').mfa).toBeUndefined();
});

describe('durations', () => {
  test.each([
    ['3600', undefined, { kind: 'seconds', seconds: 3600 }],
    ['43200', undefined, { kind: 'seconds', seconds: 3600 }],
    ['1800', undefined, { kind: 'seconds', seconds: 1800 }],
    ['max', undefined, { kind: 'seconds', seconds: 3600 }],
    ['120', undefined, { kind: 'cut', seconds: 120 }],
    ['1800', '7200', { kind: 'seconds', seconds: 3600 }],
    ['', '2700', { kind: 'seconds', seconds: 2700 }],
  ])('%j in the inputs and %j in the section of a chained profile', async (input, own, expected) => {
    const setting = own === undefined ? [] : [`duration_seconds = ${own}`];
    const text = profiles({ hub: [role('1')], dev: [role('2'), from('hub'), ...setting] });
    const plan = await planOf({
      profiles: text,
      'select-profiles': 'dev',
      'role-duration-seconds': input,
    });
    expect(requestOf(plan, 'hub')).toMatchObject({ duration: { kind: 'seconds', seconds: 900 } });
    expect(requestOf(plan, 'dev')).toMatchObject({ duration: expected });
  });

  test('a hub that is delivered too has the duration of its section, as no other role obtained it', async () => {
    const text = profiles({ hub: [role('1'), 'duration_seconds = 43200'], dev: [role('2'), from('hub')] });
    const plan = await planOf({ profiles: text });
    expect(requestOf(plan, 'hub')).toMatchObject({ duration: { kind: 'seconds', seconds: 43_200 } });
  });
});

describe('session tags along a chain', () => {
  const chain = (first: string[], second: string[] = []) => ({
    ...KEYS,
    profiles: profiles({
      a: [role('1'), ...first],
      b: [role('2'), from('a'), ...second],
      c: [role('3'), from('b')],
    }),
    'custom-tags': '{"Team": "payments"}',
  });

  test('inherited tags are not sent again, whatever the case of the key', async () => {
    const plan = await planOf(
      chain(['transitive_tag_keys = team'], ['transitive_tag_keys = TEAM, Repository']),
    );
    expect(assumeRoleOf(plan, 'a').transitiveTagKeys).toEqual(['team']);
    expect(tagKeysOf(plan, 'a')).toContain('Team');
    expect(assumeRoleOf(plan, 'b').transitiveTagKeys).toEqual(['Repository']);
    expect(tagKeysOf(plan, 'b')).not.toContain('Team');
    expect(tagKeysOf(plan, 'b')).toContain('Repository');
    expect(tagKeysOf(plan, 'c')).not.toContain('Team');
    expect(tagKeysOf(plan, 'c')).not.toContain('Repository');
    expect(tagKeysOf(plan, 'c')).toContain('GitHub');
  });

  test('transitive keys without a tag are not sent, and nothing inherits them', async () => {
    const plan = await planOf(
      chain(
        ['session_tags = {"Stage": "x"}', 'transitive_tag_keys = Team, Stage'],
        ['session_tags = {"Team": "y"}'],
      ),
    );
    expect(assumeRoleOf(plan, 'a').transitiveTagKeys).toEqual(['Stage']);
    expect(tagKeysOf(plan, 'b')).toContain('Team');
  });

  test('a session by OIDC has no tags, so nothing inherits them', async () => {
    const text = profiles({ hub: [role('1'), 'transitive_tag_keys = Team'], dev: [role('2'), from('hub')] });
    const plan = await planOf({ profiles: text, 'custom-tags': '{"Team": "payments"}' });
    expect(requestOf(plan, 'hub')).not.toHaveProperty('tags');
    expect(tagKeysOf(plan, 'dev')).toContain('Team');
  });

  test('each branch inherits from its own source', async () => {
    const text = profiles({
      a: [role('1'), 'transitive_tag_keys = Team'],
      b: [role('2')],
      c: [role('3'), from('a')],
      d: [role('3'), from('b')],
    });
    const plan = await planOf({ ...KEYS, profiles: text, 'custom-tags': '{"Team": "payments"}' });
    expect(tagKeysOf(plan, 'c')).not.toContain('Team');
    expect(tagKeysOf(plan, 'd')).toContain('Team');
  });

  test('with role-skip-session-tagging there are none', async () => {
    const plan = await planOf({
      ...chain(['transitive_tag_keys = Team']),
      'role-skip-session-tagging': 'true',
    });
    expect(assumeRoleOf(plan, 'a')).toMatchObject({ tags: [], transitiveTagKeys: [] });
  });
});

test('MFA is in the first request of a chain alone', async () => {
  const mfa = 'mfa_serial = arn:aws:iam::111111111111:mfa/ci';
  const text = profiles({ a: [role('1'), mfa], b: [role('2'), from('a')] });
  const plan = await planOf({ ...KEYS, profiles: text, 'mfa-code': '123456' });
  expect(assumeRoleOf(plan, 'a').mfa).toEqual({
    serial: 'arn:aws:iam::111111111111:mfa/ci',
    code: { kind: 'code', code: '123456' },
  });
  expect(assumeRoleOf(plan, 'b').mfa).toBeUndefined();
});
