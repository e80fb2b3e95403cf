import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { profileName } from '../../../src/config/aws-parsers.ts';
import { nameAccounts } from '../../../src/plan/account-profiles.ts';

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
      ['..hidden', '-x-'],
      ['hidden', 'x'],
    ],
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
