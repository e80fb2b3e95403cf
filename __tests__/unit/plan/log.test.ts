import { describe, expect, test } from '@jest/globals';
import { describePlan, remarksOnPlan } from '../../../src/plan/describe-plan.ts';
import { configOf, KEYS, planOf, roleIn } from './plan-of.ts';

const ROLE = { 'role-to-assume': roleIn('1') };

describe('the description of a plan', () => {
  test.each<[string, Record<string, string>, string[]]>([
    [
      'a chain',
      { ...ROLE, 'role-chain': roleIn('2') },
      [
        `session 1: AssumeRoleWithWebIdentity ${roleIn('1')} with the OIDC token, for 900 s, as octo-org.octo-app-42`,
        `session 2: AssumeRole ${roleIn('2')} with the credentials of session 1, for 3600 s, as octo-org.octo-app-42, delivered to later steps`,
      ],
    ],
    [
      'the longest session',
      { ...KEYS, ...ROLE, 'role-duration-seconds': 'max', 'aws-profile': 'work' },
      [
        `session 1: AssumeRole ${roleIn('1')} with the available credentials, for as long as STS allows, as octo-org.octo-app-42, delivered as profile work, the default`,
      ],
    ],
    [
      'a short session',
      { ...ROLE, 'role-duration-seconds': '120', 'role-session-name': 'me' },
      [
        `session 1: AssumeRoleWithWebIdentity ${roleIn('1')} with the OIDC token, for 120 s, limited by a session policy, as me, delivered to later steps`,
      ],
    ],
    [
      'no role',
      KEYS,
      [
        "session 1: GetCallerIdentity the credentials' own identity with the available credentials, delivered to later steps",
      ],
    ],
    [
      'a session of an IAM user',
      { ...KEYS, operation: 'get-session-token' },
      [
        'session 1: GetSessionToken a session of the IAM user with the available credentials, for 3600 s, delivered to later steps',
      ],
    ],
    [
      'a federated session',
      {
        ...KEYS,
        operation: 'get-federation-token',
        'federation-name': 'ci',
        'inline-session-policy': '{"Statement":[]}',
      },
      [
        'session 1: GetFederationToken a federated session named ci with the available credentials, for 3600 s, delivered to later steps',
      ],
    ],
    [
      'profiles',
      {
        profiles: `[profile a]\nrole_arn = ${roleIn('1')}\n[profile b]\nrole_arn = ${roleIn('2')}`,
        'default-profile': 'b',
        'role-session-name': 'me',
      },
      [
        `a: AssumeRoleWithWebIdentity ${roleIn('1')} with the OIDC token, for 3600 s, as me, delivered as profile a`,
        `b: AssumeRoleWithWebIdentity ${roleIn('2')} with the OIDC token, for 3600 s, as me, delivered as profile b, the default`,
      ],
    ],
  ])('%s', async (_what, inputs, expected) => {
    expect(describePlan(await planOf(inputs))).toEqual(expected);
  });
});

describe('remarks', () => {
  const remarks = async (inputs: Record<string, string>) =>
    remarksOnPlan(configOf(inputs), await planOf(inputs));

  test('there are none on a plan that follows the inputs', async () => {
    const inputs = { ...KEYS, ...ROLE, 'role-external-id': 'xy', 'role-duration-seconds': '7200' };
    expect(await remarks(inputs)).toEqual({ warnings: [], notices: [] });
  });

  test('a chained session is shorter than requested', async () => {
    const inputs = { ...ROLE, 'role-chain': roleIn('2'), 'role-duration-seconds': '7200' };
    expect((await remarks(inputs)).warnings).toEqual([
      'role-duration-seconds is 7200, but a chained session lasts at most 3600 s. The action requests 3600 s.',
    ]);
  });

  test.each(['', '1800', '3600', 'max', '120'])('a chained session of %j is as requested', async (input) => {
    const inputs = { ...ROLE, 'role-chain': roleIn('2'), 'role-duration-seconds': input };
    expect((await remarks(inputs)).warnings).toEqual([]);
  });

  test('inputs that only AssumeRole accepts', async () => {
    const inputs = { 'role-external-id': 'xy', 'source-identity': 'me', 'custom-tags': '{"Team": "x"}' };
    expect((await remarks({ ...ROLE, ...inputs })).warnings).toEqual([
      'role-external-id, source-identity, custom-tags: no effect. Only AssumeRole accepts these inputs, and the step calls AssumeRoleWithWebIdentity.',
    ]);
    const federated = { operation: 'get-federation-token', 'inline-session-policy': '{"Statement":[]}' };
    expect((await remarks({ ...KEYS, ...federated, ...inputs })).warnings).toEqual([
      'role-external-id, source-identity: no effect. Only AssumeRole accepts these inputs, and the step calls GetFederationToken.',
    ]);
    const profile = (name: string, ...more: string[]) =>
      [`[${name}]`, `role_arn = ${roleIn('1', name)}`, ...more].join('\n');
    const graph = {
      'saml-assertion': 'c2FtbA==',
      'saml-provider-arn': 'arn:aws:iam::111111111111:saml-provider/corp',
      profiles: `${profile('a')}\n${profile('b', 'credential_source = GitHubOidc')}`,
    };
    expect((await remarks({ ...graph, 'source-identity': 'me' })).warnings).toEqual([
      'source-identity: no effect. Only AssumeRole accepts these inputs, and the step calls AssumeRoleWithSAML, AssumeRoleWithWebIdentity.',
    ]);
  });

  test.each<Record<string, string>>([
    { 'inline-session-policy': '{"Statement":[]}' },
    { 'managed-session-policies': 'arn:aws:iam::aws:policy/A' },
  ])('session policies without a session: %j', async (policies) => {
    expect((await remarks({ ...KEYS, ...policies })).warnings).toEqual([
      'Session policies have no effect: without a role, the step delivers the credentials unchanged.',
    ]);
    expect((await remarks(KEYS)).warnings).toEqual([]);
  });

  test('transitive keys of tags that this event does not have', async () => {
    const inputs = { ...ROLE, 'transitive-tag-keys': 'HeadRef' };
    expect(await remarks(inputs)).toEqual({ warnings: [], notices: [] });
    expect(await remarks({ ...KEYS, ...inputs })).toEqual({
      warnings: [],
      notices: ['transitive-tag-keys: HeadRef left out, as this event has no value for these tags.'],
    });
    const two = { ...KEYS, ...ROLE, 'transitive-tag-keys': 'HeadRef\nBaseRef' };
    expect((await remarks(two)).notices).toEqual([
      'transitive-tag-keys: HeadRef, BaseRef left out, as this event has no value for these tags.',
    ]);
  });
});
