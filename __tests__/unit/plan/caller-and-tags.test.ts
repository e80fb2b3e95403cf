import { describe, expect, test } from '@jest/globals';
import { profileList } from '../../../src/plan/profile-list.ts';
import { configOf, KEYS, planOf, requestOf, roleIn } from './plan-of.ts';

const POLICIES = {
  'inline-session-policy': '{"Version":"2012-10-17","Statement":[]}',
  'managed-session-policies': 'arn:aws:iam::aws:policy/ReadOnlyAccess',
};

describe('the roles that lead to the caller of AWS Organizations', () => {
  const accounts = { 'accounts-from': 'organization', 'account-role': 'deploy' };
  const listOf = (inputs: Record<string, string>) =>
    profileList(configOf({ ...accounts, ...inputs }), async () => '9'.repeat(12));

  test('are needed, not delivered, and have no session policies', async () => {
    const list = await listOf({ 'role-to-assume': roleIn('1'), 'role-chain': roleIn('2'), ...POLICIES });
    expect(list).toMatchObject({ selected: [], default: undefined, needed: ['session 2'] });
    expect(
      list.entries.map(({ name, inlinePolicy, policyArns }) => [name, inlinePolicy, policyArns]),
    ).toEqual([
      ['session 1', undefined, []],
      ['session 2', undefined, []],
    ]);
  });

  test('are none if the identity itself lists the accounts', async () => {
    expect(await listOf(KEYS)).toEqual({ entries: [], selected: [], default: undefined });
  });
});

describe('tag-oidc-session', () => {
  const tagged = { 'role-to-assume': roleIn('1'), 'tag-oidc-session': 'true', ...POLICIES };

  test('the role assumes itself: first short, without tags and policies, then with both', async () => {
    const plan = await planOf(tagged);
    expect(plan.nodes.map(({ id, source }) => [id, source.kind])).toEqual([
      ['session 1 (without tags)', 'identity'],
      ['session 1', 'node'],
    ]);
    expect(requestOf(plan, 'session 1 (without tags)')).toMatchObject({
      operation: 'AssumeRoleWithWebIdentity',
      duration: { kind: 'seconds', seconds: 900 },
      inlinePolicy: undefined,
      policyArns: [],
    });
    expect(requestOf(plan, 'session 1')).toMatchObject({
      operation: 'AssumeRole',
      role: { arn: roleIn('1') },
      policyArns: [POLICIES['managed-session-policies']],
    });
  });

  test('a token file is a token, too', async () => {
    const plan = await planOf({ ...tagged, 'web-identity-token-file': '/var/token' });
    expect(plan.nodes.map(({ id, source }) => [id, source])).toEqual([
      [
        'session 1 (without tags)',
        { kind: 'identity', identity: { kind: 'web-identity-file', path: '/var/token' } },
      ],
      ['session 1', { kind: 'node', id: 'session 1 (without tags)' }],
    ]);
  });

  test('is an error with keys, which can send tags', async () => {
    await expect(planOf({ ...tagged, ...KEYS })).rejects.toThrow('The input tag-oidc-session is not valid.');
  });
});
