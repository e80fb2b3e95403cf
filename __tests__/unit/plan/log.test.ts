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

  test('inputs that only AssumeRole accepts', async () => {
    const inputs = { 'role-external-id': 'xy', 'source-identity': 'me', 'custom-tags': '{"Team": "x"}' };
    expect((await remarks({ ...ROLE, ...inputs })).warnings).toEqual([
      'role-external-id, source-identity, custom-tags: no effect. Only AssumeRole accepts these inputs, and the step calls AssumeRoleWithWebIdentity.',
    ]);
    const federated = { operation: 'get-federation-token', 'inline-session-policy': '{"Statement":[]}' };
    expect((await remarks({ ...KEYS, ...federated, ...inputs })).warnings).toEqual([
      'role-external-id, source-identity: no effect. Only AssumeRole accepts these inputs, and the step calls GetFederationToken.',
    ]);
  });

  test('session policies without a session', async () => {
    expect((await remarks({ ...KEYS, 'inline-session-policy': '{"Statement":[]}' })).warnings).toEqual([
      'Session policies have no effect: without a role, the step delivers the credentials unchanged.',
    ]);
  });

  test('transitive keys of tags that this event does not have', async () => {
    const inputs = { ...ROLE, 'transitive-tag-keys': 'HeadRef' };
    expect(await remarks(inputs)).toEqual({ warnings: [], notices: [] });
    expect(await remarks({ ...KEYS, ...inputs })).toEqual({
      warnings: [],
      notices: ['transitive-tag-keys: HeadRef left out, as this event has no value for these tags.'],
    });
  });
});
