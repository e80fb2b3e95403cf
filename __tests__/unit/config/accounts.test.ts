import { describe, expect, test } from '@jest/globals';
import { passes, problemOfAccounts, readAccounts } from '../../../src/config/accounts-config.ts';
import { accountFilter, parent } from '../../../src/config/accounts-parsers.ts';
import { PUSH, verdictOn } from '../../support/events.ts';
import { type Inputs, partsOf, problemsIn, readerOf } from './problems.ts';

const linesOf = (...lines: string[]) =>
  lines.map((line) => {
    const parsed = accountFilter(line);
    if (!('value' in parsed)) throw new Error(`${line} is not valid`);
    return parsed.value;
  });

const VALUES: Readonly<Record<string, string>> = {
  name: 'prod-eu',
  id: '222222222222',
  'tag:stage': 'prod',
  'tag:a b': '',
};

describe('account-filter', () => {
  test.each<[string[], boolean]>([
    [[], true],
    [['name=prod-*'], true],
    [['name=Prod-*'], false],
    [['name=prod'], false],
    [['name=dev', 'name=prod-eu'], true],
    [['name=prod-*', 'tag:stage=dev'], false],
    [['name=prod-*', 'tag:stage=pr?d'], true],
    [['!name=*-eu'], false],
    [['! name = *-us'], true],
    [['tag:owner=*'], false],
    [['!tag:owner=*'], true],
    [['tag:a b='], true],
    [['id=222222222222', '!tag:stage=prod'], false],
  ])('%j: %s', (lines, expected) =>
    expect(passes(linesOf(...lines), (subject) => VALUES[subject])).toBe(expected),
  );

  test.each(['prod-*', 'owner=x', '=x', 'tag:=x', '!!name=x'])('%s is not valid', (line) =>
    expect(accountFilter(line)).toEqual({
      expected: 'name=, id= or tag:KEY= with a value or a pattern, one per line; ! before it excludes',
      remedy: 'Write for example name=prod-*, tag:stage=prod or !name=*-sandbox.',
    }),
  );
});

test.each([
  ['organization', true],
  ['ou-ab12-cdef3456', true],
  ['r-ab12', true],
  ['ou-ab12', false],
  ['OU-ab12-cdef3456', false],
  ['111111111111', false],
])('accounts-from: %s', (value, isValid) => {
  const refusal = {
    expected: 'organization, or IDs of organizational units, such as ou-ab12-cdef3456',
    remedy: 'Copy the ID of the unit from the AWS Organizations console.',
  };
  expect(parent(value)).toEqual(isValid ? { value } : refusal);
});

const ACCOUNTS: Inputs = { 'accounts-from': 'organization', 'account-role': 'teams/deploy' };
/** As `action.yml` gives it where the workflow does not. */
const NONE: Inputs = { 'account-role-for-pull-requests': 'none' };
const READ: Inputs = { 'account-role-for-pull-requests': 'read' };

describe('the accounts of an organization', () => {
  function read(inputs: Inputs, event = 'push') {
    const reader = readerOf(inputs);
    return { accounts: readAccounts(reader, verdictOn(event)), problems: problemsIn(reader) };
  }

  test('are not listed without accounts-from', () =>
    expect(read({ 'select-profiles': 'prod-*' })).toEqual({ accounts: undefined, problems: [] }));

  test('are all of them, each with the same role', () =>
    expect(read(ACCOUNTS)).toEqual({
      accounts: {
        parents: [],
        role: { path: '/teams/', name: 'deploy' },
        filter: [],
        selectProfiles: undefined,
        defaultProfile: undefined,
        allowPartial: false,
      },
      problems: [],
    }));

  test('are those that the inputs choose', () => {
    const choice: Inputs = {
      'accounts-from': 'ou-ab12-cdef3456, r-ab12',
      'account-filter': 'name=prod-*',
      'select-profiles': 'prod-eu prod-us',
      'default-profile': 'prod-eu',
      'allow-partial': 'true',
    };
    expect(read({ ...ACCOUNTS, ...choice }).accounts).toMatchObject({
      parents: ['ou-ab12-cdef3456', 'r-ab12'],
      filter: [{ subject: 'name', pattern: 'prod-*', excludes: false }],
      selectProfiles: ['prod-eu', 'prod-us'],
      defaultProfile: 'prod-eu',
      allowPartial: true,
    });
  });

  test('have another role for pull requests, if that is given', () => {
    const nameFor = (inputs: Inputs, event: string) => read(inputs, event).accounts?.role.name;
    expect(nameFor({ ...ACCOUNTS, ...READ }, 'pull_request')).toBe('read');
    expect(nameFor({ ...ACCOUNTS, ...READ }, 'push')).toBe('deploy');
    expect(read({ ...ACCOUNTS, ...NONE }, 'pull_request')).toMatchObject({
      accounts: { role: { name: 'deploy' } },
      problems: [],
    });
  });

  test('have a role', () => {
    const reader = readerOf({ 'accounts-from': 'organization', ...NONE });
    expect(readAccounts(reader, PUSH)).toBeUndefined();
    expect(partsOf(() => reader.assertNoProblems())).toEqual([
      {
        problem: 'The input account-role is not valid.',
        found: 'nothing',
        expected: 'the name of the role to assume in each account, which accounts-from requires',
        remedy: 'Add account-role under with:.',
      },
    ]);
  });

  test('have no role that an empty text for pull requests lets through', () =>
    expect(read(ACCOUNTS, 'pull_request').problems).toEqual([
      'account-role-for-pull-requests: an empty text, and the event pull_request is of a pull request',
    ]));
});

describe('inputs about accounts together with others', () => {
  const problem = (inputs: Inputs) => {
    const found = problemOfAccounts(readerOf(inputs));
    return found && `${found.input}: ${found.found}`;
  };

  test.each<[Inputs]>([
    [{}],
    [NONE],
    [ACCOUNTS],
    [{ ...ACCOUNTS, ...NONE }],
    [{ ...ACCOUNTS, 'account-filter': 'name=*', 'role-to-assume': 'hub', 'role-for-pull-requests': 'none' }],
    [{ ...ACCOUNTS, operation: 'auto', 'use-existing-credentials': 'false' }],
    [{ ...ACCOUNTS, 'role-for-pull-requests': 'hub', ...READ }],
  ])('%j are valid', (inputs) => expect(problem(inputs)).toBeUndefined());

  test.each<[string, Inputs]>([
    ['account-role: account-role without accounts-from', { 'account-role': 'deploy' }],
    ['account-filter: account-filter without accounts-from', { 'account-filter': 'name=*' }],
    ['account-role-for-pull-requests: account-role-for-pull-requests without accounts-from', READ],
    ['accounts-from: accounts-from and profiles', { ...ACCOUNTS, profiles: '[a]' }],
    ['accounts-from: accounts-from and profiles-file', { ...ACCOUNTS, 'profiles-file': 'x' }],
    ['accounts-from: accounts-from and aws-profile', { ...ACCOUNTS, 'aws-profile': 'x' }],
    ['accounts-from: accounts-from and operation', { ...ACCOUNTS, operation: 'get-session-token' }],
    [
      'accounts-from: accounts-from and use-existing-credentials',
      { ...ACCOUNTS, 'use-existing-credentials': 'true' },
    ],
    [
      'account-role-for-pull-requests: nothing, with role-for-pull-requests',
      { ...ACCOUNTS, ...NONE, 'role-for-pull-requests': 'hub' },
    ],
  ])('%s', (expected, inputs) => expect(problem(inputs)).toBe(expected));
});
