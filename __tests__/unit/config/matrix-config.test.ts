import { expect, test } from '@jest/globals';
import { readMatrixConfig } from '../../../src/config/matrix-config.ts';
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
