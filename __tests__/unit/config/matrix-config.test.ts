import { describe, expect, test } from '@jest/globals';
import { readCanary, readMatrixConfig } from '../../../src/config/matrix-config.ts';
import { type Inputs, partsOf, problemsOf, textOf } from './problems.ts';

const PROFILES = `[b]
role_arn = arn:aws:iam::111111111111:role/b
source_profile = a
region = eu-central-1
[a]
role_arn = arn:aws-cn:iam::111111111111:role/a
[c]
role_arn = arn:aws:iam::111111111111:role/c
`;

const read = (inputs: Inputs) => {
  const source = { input: 'profiles', text: PROFILES } as const;
  const { profiles, region } = readMatrixConfig(textOf(inputs), false, source);
  return { names: profiles.map(({ name }) => name), region };
};

test('all profiles that no other one starts from, of whatever partition, and no region', () => {
  expect(read({})).toEqual({ names: ['b', 'c'], region: '' });
});

test('the selected profiles only, and the region of those without one', () => {
  const inputs = { 'select-profiles': 'c b', 'aws-region': 'eu-west-1' };
  expect(read(inputs)).toEqual({ names: ['b', 'c'], region: 'eu-west-1' });
});

test('problems are reported together', () => {
  expect(problemsOf(() => read({ 'select-profiles': 'x', 'aws-region': 'Ireland' }))).toEqual([
    'select-profiles: x',
    'aws-region: Ireland',
  ]);
});

test('profiles are required', () => {
  expect(partsOf(() => readMatrixConfig(textOf({ 'select-profiles': 'x' }), false))).toEqual([
    {
      problem: 'The input profiles-file is not valid.',
      found: 'neither profiles nor profiles-file',
      expected: 'profiles, or a file with them',
      remedy: 'Add profiles-file under with:.',
    },
  ]);
});

test('a profile has its role for pull requests, if the run is for one', () => {
  const text = `${PROFILES}role_arn_for_pull_requests = arn:aws:iam::111111111111:role/read\n`;
  const roles = (isForPullRequest: boolean) =>
    readMatrixConfig(textOf({}), isForPullRequest, { input: 'profiles', text }).profiles.map(
      ({ role }) => role.name,
    );
  expect(roles(false)).toEqual(['b', 'c']);
  expect(roles(true)).toEqual(['b', 'read']);
});

test('inputs about the accounts of an organization do not apply to profiles', () => {
  const role = 'arn:aws:iam::111111111111:role/hub';
  expect(
    problemsOf(() =>
      read({
        'role-to-assume': role,
        'role-for-pull-requests': role,
        'account-role': 'deploy',
        'account-role-for-pull-requests': 'read',
        'account-filter': 'name=*',
      }),
    ),
  ).toEqual([
    'role-to-assume: role-to-assume without accounts-from',
    'role-for-pull-requests: role-for-pull-requests without accounts-from',
    'account-role: account-role without accounts-from',
    'account-role-for-pull-requests: account-role-for-pull-requests without accounts-from',
    'account-filter: account-filter without accounts-from',
  ]);
  const none: Inputs = { 'role-for-pull-requests': 'none', 'account-role-for-pull-requests': 'none' };
  expect(problemsOf(() => read(none))).toEqual([]);
});

describe('the profiles to work on first', () => {
  const canary = (parts: string) => [...readCanary(textOf({ canary: parts }), ['dev', 'prod-eu', 'prod-us'])];

  test.each<[string, string[]]>([
    ['', []],
    ['dev', ['dev']],
    ['prod-*, !prod-us', ['prod-eu']],
  ])('of %j are %j', (parts, names) => expect(canary(parts)).toEqual(names));

  test.each([
    ['stage, dev, test', 'stage, test'],
    ['dev, !dev', 'dev, !dev, which selects no profile'],
  ])('have to be listed: %s', (parts, found) =>
    expect(partsOf(() => canary(parts))).toEqual([
      {
        problem: 'The input canary is not valid.',
        found,
        expected: 'names or patterns of the listed profiles: dev, prod-eu, prod-us',
        remedy: 'Correct the names. Without the first profiles, all would start at once.',
      },
    ]),
  );
});
