import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { profileName } from '../../../src/config/aws-parsers.ts';
import { nameAccounts, profilesOfAccounts } from '../../../src/plan/account-profiles.ts';
import { makePlan } from '../../../src/plan/make-plan.ts';
import type { ProfileList } from '../../../src/plan/profile-list.ts';
import { configOf, KEYS } from './plan-of.ts';

const account = (name: string, index: number) => ({
  id: String(100_000_000_000 + index),
  name,
  state: 'ACTIVE',
});
const namesOf = (...names: string[]) => nameAccounts(names.map(account)).map(({ profile }) => profile);

describe('names of profiles', () => {
  test.each<[string[], string[]]>([
    [
      ['prod', 'dev'],
      ['dev', 'prod'],
    ],
    [['Prod EU (main)'], ['Prod-EU-main']],
    [
      ['Büro', 'São Paulo'],
      ['Buro', 'Sao-Paulo'],
    ],
    [
      ['..hidden..', '-.x.-'],
      ['hidden', 'x'],
    ],
    [['x'.repeat(101)], ['x'.repeat(100)]],
    [
      ['財務', '!!!'],
      ['100000000000', '100000000001'],
    ],
    [['Default'], ['Default-100000000000']],
    [
      ['app', 'App'],
      ['App-100000000001', 'app-100000000000'],
    ],
    // The name with an ID is another account's own name.
    [
      ['a b', 'a-b', 'a-b-100000000000'],
      ['a-b-100000000000', 'a-b-100000000000-100000000002', 'a-b-100000000001'],
    ],
  ])('%j: %j', (names, expected) => expect(namesOf(...names)).toEqual(expected));

  test('are found for an account that is listed twice', () => {
    const twice = nameAccounts([account('prod', 1), account('prod', 1)]);
    expect(twice.map(({ profile }) => profile)).toEqual(['prod-100000000001', 'prod-100000000001']);
  });

  test('are valid, unique, and independent of the order of accounts', () => {
    const name = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 60 }),
      fc.constantFrom('a', 'A', 'a ', 'ä', 'default'),
    );
    fc.assert(
      fc.property(fc.array(name, { maxLength: 12 }), (names) => {
        const accounts = names.map(account);
        const named = nameAccounts(accounts);
        expect(new Set(named.map(({ profile }) => profile.toLowerCase())).size).toBe(names.length);
        for (const { profile } of named) expect(profileName(profile)).toEqual({ value: profile });
        expect(nameAccounts(accounts.toReversed())).toEqual(named);
      }),
    );
  });
});

describe('the profiles of accounts', () => {
  const inputs = {
    ...KEYS,
    'role-to-assume': 'arn:aws:iam::111111111111:role/deploy-hub',
    'accounts-from': 'organization',
    'account-role': 'teams/deploy',
    'role-external-id': '7b1f',
    'mfa-serial': 'arn:aws:iam::111111111111:mfa/ci',
    'mfa-code': '123456',
  };
  const named = [{ ...account('dev', 1), profile: 'dev', unit: 'workloads' }];

  /** The profiles that start from these profiles, as far as they differ. */
  function profilesAfter(caller: readonly { name: string }[]) {
    const config = configOf(inputs);
    if (config.accounts === undefined) throw new TypeError('no accounts');
    const entries = caller as ProfileList['entries'];
    const [profile] = profilesOfAccounts(named, config.accounts, config, { entries });
    return {
      name: profile?.name,
      unit: profile?.unit,
      role: profile?.role.arn,
      source: profile?.source,
      externalId: profile?.externalId,
      mfaSerial: profile?.mfaSerial,
      carried: profile?.carried,
    };
  }
  const DEV = {
    name: 'dev',
    unit: 'workloads',
    role: 'arn:aws:iam::100000000001:role/teams/deploy',
    externalId: '7b1f',
    carried: [],
  };

  test('start from the last role of the caller, which needed the MFA device', () => {
    expect(profilesAfter([{ name: 'first' }, { name: 'second' }, { name: 'hub' }])).toEqual({
      ...DEV,
      source: { kind: 'profile', name: 'hub' },
      mfaSerial: undefined,
    });
  });

  test('keep the unit of their account in the plan', () => {
    const config = configOf(inputs);
    if (config.accounts === undefined) throw new TypeError('no accounts');
    const entries = profilesOfAccounts(named, config.accounts, config, { entries: [] });
    const { delivered } = makePlan({ entries, selected: ['dev'], default: undefined }, config);
    expect(delivered.map(({ node, unit }) => [node, unit])).toEqual([['dev', 'workloads']]);
  });

  test('start from the identity without a role, and use its MFA device', () => {
    expect(profilesAfter([])).toEqual({
      ...DEV,
      source: { kind: 'inputs' },
      mfaSerial: 'arn:aws:iam::111111111111:mfa/ci',
    });
  });
});
