import { describe, expect, test } from '@jest/globals';
import { partitionOfRegion } from '../../../src/aws/partitions.ts';
import type { ProfilesSource } from '../../../src/config/profiles-source.ts';
import { readProfilesConfig } from '../../../src/config/selected-profiles.ts';
import { readSession } from '../../../src/config/session-config.ts';
import { type Inputs, partsOf, readerOf } from './problems.ts';

const section = (name: string, ...settings: string[]) =>
  [`[${name}]`, `role_arn = arn:aws:iam::111111111111:role/${name}`, ...settings, ''].join('\n');
const TEXT = section('b', 'source_profile = a') + section('a', 'session_tags = {"Team": "x"}') + section('c');

const ENV = { GITHUB_ACTOR: 'octocat' };
const JOB = { repository: 'octo-org/octo-app', runId: '42' };

function read(
  inputs: Inputs,
  source: ProfilesSource = { input: 'profiles', text: TEXT },
  isForPullRequest = false,
) {
  const reader = readerOf(inputs);
  const session = readSession(reader, JOB, ENV);
  const partition = partitionOfRegion('cn-north-1');
  const config = readProfilesConfig(reader, source, {
    partition,
    session,
    env: ENV,
    isForPullRequest,
  });
  return { ...config, parts: partsOf(() => reader.assertNoProblems()) };
}

/** The problems apart from the partition of the roles, which does not matter here. */
const factsOf = ({ parts }: ReturnType<typeof read>) =>
  parts
    .filter(({ problem }) => !problem.includes('role_arn'))
    .map(({ problem, found, expected }) => [problem, found, expected]);

test('all profiles are selected, source profiles first in the graph', () => {
  const { entries, ...rest } = read({});
  expect(entries.map(({ name }) => name)).toEqual(['a', 'b', 'c']);
  expect(rest).toMatchObject({
    selected: ['b', 'a', 'c'],
    default: undefined,
    allowPartial: false,
    oidc: { kind: 'github-oidc', audience: 'sts.amazonaws.com', otherAudience: 'sts.amazonaws.com.cn' },
  });
});

test('those that the inputs choose, while the graph stays whole', () => {
  const inputs = { 'select-profiles': 'c, b', 'default-profile': 'b', 'allow-partial': 'true' };
  const config = read({ ...inputs, audience: 'mine' });
  expect(config.entries).toHaveLength(3);
  expect(factsOf(config)).toEqual([]);
  expect(config).toMatchObject({
    selected: ['b', 'c'],
    default: 'b',
    allowPartial: true,
    oidc: { audience: 'mine', otherAudience: undefined },
  });
});

describe('the tags of a profile', () => {
  const tagsOf = (inputs: Inputs) => read(inputs).entries.map(({ tags }) => tags?.map(({ key }) => key));

  test('replace the custom tags, beside those about the job; without them the profile has those of the inputs', () => {
    expect(tagsOf({ 'custom-tags': '{"Stage": "prod"}' })).toEqual([
      ['GitHub', 'Actor', 'Team'],
      undefined,
      undefined,
    ]);
  });

  test('are not sent with role-skip-session-tagging', () => {
    expect(tagsOf({ 'role-skip-session-tagging': 'true' })).toEqual([undefined, undefined, undefined]);
  });
});

describe('names of profiles that do not exist', () => {
  test('are reported together with those that do', () => {
    expect(factsOf(read({ 'select-profiles': 'x a y' }))).toEqual([
      [
        'The input select-profiles is not valid.',
        'x, y',
        'names of profiles, or patterns such as prod-* and !sandbox-*: b, a, c',
      ],
    ]);
  });

  test('are not those of profiles with problems', () => {
    const text = `${TEXT}[d]\n`;
    expect(factsOf(read({ 'select-profiles': 'd' }, { input: 'profiles', text }))).toEqual([
      ['The input profiles, line 9, profile d is not valid.', 'no role_arn', expect.anything()],
    ]);
  });

  test('cannot be the default, and neither can a profile that is not selected', () => {
    const expected = 'the name of a selected profile: ';
    expect(factsOf(read({ 'default-profile': 'x' }))).toEqual([
      ['The input default-profile is not valid.', 'x', `${expected}a, b, c`],
    ]);
    expect(factsOf(read({ 'default-profile': 'a', 'select-profiles': 'c b' }))).toEqual([
      ['The input default-profile is not valid.', 'a', `${expected}b, c`],
    ]);
  });
});

test('text without profiles is the only problem', () => {
  expect(factsOf(read({}, { input: 'profiles', text: '' }))).toEqual([
    ['The input profiles is not valid.', 'no profile', 'at least one section, such as [profile deploy]'],
  ]);
});

test('a role belongs to the partition of aws-region, also for a pull request', () => {
  const text = section('c', 'role_arn_for_pull_requests = arn:aws-cn:iam::111111111111:role/read');
  const facts = (isForPullRequest: boolean) => {
    const { entries, parts } = read({}, { input: 'profiles', text }, isForPullRequest);
    return { names: entries.map(({ role }) => role.name), problems: parts.map(({ problem }) => problem) };
  };
  const problems = ['The input profiles, line 2, profile c, role_arn is not valid.'];
  expect(facts(false)).toEqual({ names: ['c'], problems });
  expect(facts(true)).toEqual({ names: ['read'], problems });
});

test('a file that cannot be read is the only problem', () => {
  const problem = { input: 'profiles-file', found: 'x, no such file', expected: 'a file', remedy: 'Add it.' };
  const source: ProfilesSource = { input: 'profiles-file', text: '', problem };
  const config = read({ 'select-profiles': 'b', 'default-profile': 'a' }, source);
  expect(factsOf(config)).toEqual([['The input profiles-file is not valid.', 'x, no such file', 'a file']]);
  expect(config).toMatchObject({ entries: [], selected: ['b'] });
  expect(read({}, source).selected).toEqual([]);
});
