import { describe, expect, test } from '@jest/globals';
import { partitionOfRegion } from '../../../src/aws/partitions.ts';
import { InputReader } from '../../../src/config/input-reader.ts';
import { readProfiles } from '../../../src/config/profiles-config.ts';
import { ActionError } from '../../../src/platform/errors.ts';

const ROLE = 'role_arn = arn:aws:iam::111111111111:role/deploy';

const read = (text: string, input = 'profiles', isForPullRequest = false) => {
  const inputs = new InputReader(() => '');
  const profiles = readProfiles(inputs, input, text, {
    partition: partitionOfRegion('eu-west-1'),
    isForPullRequest,
  });
  inputs.assertNoProblems();
  return profiles;
};

function refusal(text: string, input?: string): string {
  try {
    read(text, input);
  } catch (error) {
    if (error instanceof ActionError) return error.message;
    throw error;
  }
  throw new Error('the profiles were accepted');
}

const chain = (...names: [name: string, source: string][]) =>
  names.map(([name, source]) => `[${name}]\n${ROLE}\nsource_profile = ${source}`).join('\n');

test('source profiles come first, the others keep their order', () => {
  const names = read(`${chain(['c', 'b'], ['x', 'a'], ['b', 'a'])}\n[a]\n${ROLE}`).map(({ name }) => name);
  expect(names).toEqual(['a', 'b', 'c', 'x']);
});

describe('a cycle', () => {
  test('is reported with its own profiles only, whichever profile leads into it', () => {
    const message = refusal(
      chain(['lead', 'in'], ['in', 'a'], ['a', 'b'], ['b', 'c'], ['c', 'a'], ['late', 'b']),
    );
    expect(message).toMatch(/^The input profiles, line 9, profile a is not valid/);
    expect(message).toContain('found:    a cycle: a → b → c → a\n');
  });

  test('of one profile', () => {
    expect(refusal(chain(['a', 'a']))).toContain('found:    a cycle: a → a\n');
  });

  test('is reported once, two cycles are two problems', () => {
    const message = refusal(chain(['a', 'b'], ['b', 'a'], ['c', 'd'], ['d', 'c']));
    expect(message).toMatch(/^2 inputs are not valid/);
    expect(message).toMatch(/a cycle: a → b → a[\s\S]*a cycle: c → d → c/);
  });
});

describe('settings', () => {
  test('an empty role_arn is a missing one', () => {
    expect(refusal('[a]\nrole_arn =')).toMatch(/profile a is not valid[\s\S]*found: {4}no role_arn\n/);
  });

  test('mfa_serial is for the first profile of a chain', () => {
    const mfa = 'mfa_serial = arn:aws:iam::111111111111:mfa/ci';
    expect(read(`[a]\n${ROLE}\n${mfa}`)[0]?.mfaSerial).toBe('arn:aws:iam::111111111111:mfa/ci');
    expect(refusal(`[a]\n${ROLE}\n[b]\n${ROLE}\nsource_profile = a\n${mfa}`)).toMatch(
      /line 6, profile b, mfa_serial is not valid[\s\S]*mfa_serial and source_profile\n/,
    );
  });

  test('a role of another partition names both partitions', () => {
    expect(refusal('[a]\nrole_arn = arn:aws-cn:iam::111111111111:role/x')).toMatch(
      /line 2, profile a, role_arn[\s\S]*partition aws, to which aws-region belongs[\s\S]*partition aws-cn\./,
    );
  });
});

test('errors show the texts of the input, and of a file only their lengths', () => {
  const text = `[a]\n${ROLE}\nregion = secret\nsource_profile = secret`;
  expect(refusal(text)).toMatch(/found: {4}secret[\s\S]*found: {4}secret/);
  expect(refusal(text, 'profiles-file')).toMatch(/text of 6 characters[\s\S]*text of 6 characters/);
  expect(refusal(text, 'profiles-file')).not.toContain('secret');
});

test('role_arn_for_pull_requests takes the place of role_arn for them, and is not written', () => {
  const other = 'arn:aws:iam::111111111111:role/read';
  const text = `[profile a]\n${ROLE}\nrole_arn_for_pull_requests = ${other}\n[profile b]\n${ROLE}\n`;
  const rolesOf = (isForPullRequest: boolean) =>
    read(text, 'profiles', isForPullRequest).map(({ role, carried }) => [role.name, carried]);
  expect(rolesOf(true)).toEqual([
    ['read', []],
    ['deploy', []],
  ]);
  expect(rolesOf(false)).toEqual([
    ['deploy', []],
    ['deploy', []],
  ]);
});

test('an empty role_arn_for_pull_requests does not lead to role_arn', () => {
  const text = `[profile a]\n${ROLE}\nrole_arn_for_pull_requests =\n`;
  expect(() => read(text, 'profiles', true)).toThrow(/role_arn_for_pull_requests/);
});
