import { describe, expect, test } from '@jest/globals';
import { partitionOfRegion } from '../../../src/aws/partitions.ts';
import { readProfiles } from '../../../src/config/profiles-config.ts';
import { partsOf, problemsIn, readerOf } from './problems.ts';

const ROLE = 'role_arn = arn:aws:iam::111111111111:role/deploy';

function read(text: string, { input = 'profiles', isForPullRequest = false } = {}) {
  const reader = readerOf({});
  const profiles = readProfiles(reader, input, text, {
    partition: partitionOfRegion('eu-west-1'),
    isForPullRequest,
  });
  return { profiles, problems: problemsIn(reader), parts: partsOf(() => reader.assertNoProblems()) };
}

const problems = (text: string, input = 'profiles') => read(text, { input }).problems;
/** The profile of `settings`, which are valid. */
function profile(settings: string) {
  const { profiles, problems } = read(`[a]\n${settings}`);
  expect(problems).toEqual([]);
  return profiles[0];
}

describe('a profile', () => {
  test('has the values of the inputs where it sets none', () => {
    expect(read(`[a]\n${ROLE}`).profiles).toEqual([
      {
        name: 'a',
        role: {
          arn: 'arn:aws:iam::111111111111:role/deploy',
          partition: 'aws',
          accountId: '111111111111',
          path: '/',
          name: 'deploy',
        },
        source: { kind: 'inputs' },
        region: undefined,
        sessionName: undefined,
        duration: undefined,
        externalId: undefined,
        hasRoleForPullRequests: false,
        sourceIdentity: undefined,
        mfaSerial: undefined,
        inlinePolicy: undefined,
        policyArns: [],
        tags: undefined,
        transitiveTagKeys: [],
        carried: [],
      },
    ]);
  });

  test('can set each of them', () => {
    expect(
      profile(`${ROLE}
region = eu-central-1
role_session_name = ci
duration_seconds = 900
external_id = shared
source_identity = octocat
session_policy = {"Statement": []}
policy_arns = arn:aws:iam::aws:policy/A, arn:aws:iam::aws:policy/B
session_tags = {"Team": "payments"}
transitive_tag_keys = Team,Stage
mfa_serial = arn:aws:iam::111111111111:mfa/ci`),
    ).toMatchObject({
      region: 'eu-central-1',
      sessionName: 'ci',
      duration: { kind: 'seconds', seconds: 900 },
      externalId: 'shared',
      sourceIdentity: 'octocat',
      inlinePolicy: '{"Statement":[]}',
      policyArns: ['arn:aws:iam::aws:policy/A', 'arn:aws:iam::aws:policy/B'],
      tags: [{ key: 'Team', value: 'payments', optional: false }],
      transitiveTagKeys: ['Team', 'Stage'],
      mfaSerial: 'arn:aws:iam::111111111111:mfa/ci',
    });
  });

  test('can continue a setting in indented lines', () => {
    expect(
      profile(`role_arn =
  arn:aws:iam::111111111111:role/deploy
policy_arns = arn:aws:iam::aws:policy/A
  arn:aws:iam::aws:policy/B
  arn:aws:iam::aws:policy/C
region =`),
    ).toMatchObject({
      role: { name: 'deploy' },
      policyArns: ['arn:aws:iam::aws:policy/A', 'arn:aws:iam::aws:policy/B', 'arn:aws:iam::aws:policy/C'],
      region: undefined,
    });
  });

  test('can have another role for pull requests, in an indented line, too', () => {
    const { profiles, problems } = read(
      `[a]\n${ROLE}\nrole_arn_for_pull_requests =\n  arn:aws:iam::111111111111:role/read`,
      { isForPullRequest: true },
    );
    expect(problems).toEqual([]);
    expect(profiles).toMatchObject([{ role: { name: 'read' }, hasRoleForPullRequests: true }]);
  });

  test('keeps settings for other clients as they are', () => {
    expect(profile(`${ROLE}\nOutput = json\ns3 =\n  size = 1\n  count = 2`)?.carried).toEqual([
      ['output', 'json'],
      ['s3', '\n  size = 1\n  count = 2'],
    ]);
  });

  test.each([
    ['credential_source = GitHubOidc', { kind: 'github-oidc' }],
    ['credential_source = Environment', { kind: 'ambient' }],
    ['credential_source = Ec2InstanceMetadata', { kind: 'ambient' }],
    ['credential_source = EcsContainer', { kind: 'ambient' }],
    ['web_identity_token_file = /var/token', { kind: 'web-identity-file', path: '/var/token' }],
    ['source_profile =', { kind: 'inputs' }],
  ])('starts from the source of %s', (setting, source) => {
    expect(profile(`${ROLE}\n${setting}`)?.source).toEqual(source);
  });
});

describe('text without profiles', () => {
  test('is a problem of the whole input', () => {
    expect(read('# nothing\n').parts).toEqual([
      {
        problem: 'The input profiles is not valid.',
        found: 'no profile',
        expected: 'at least one section, such as [profile deploy]',
        remedy: 'Add a section with role_arn for each account.',
      },
    ]);
  });

  test('has only the problems of its lines', () => {
    expect(problems('region = x')).toEqual(['profiles, line 1: region = x']);
  });
});

describe('a line that is not valid', () => {
  test('is named, with what is wrong about it', () => {
    expect(read(`[a]\n${ROLE}\nRegion = eu-west-1\nREGION = eu-west-2`).parts).toEqual([
      {
        problem: 'The input profiles, line 4 is not valid.',
        found: 'REGION, also in line 3',
        expected: 'each key once',
        remedy: 'Write profiles as in the AWS config file.',
      },
    ]);
  });

  test('is not shown of a file, except for the name of a setting', () => {
    const text = `[a]\n${ROLE}\nRegion = eu-west-1\nREGION = eu-west-2\nsecret`;
    expect(problems(text, 'profiles-file')).toEqual([
      'profiles-file, line 4: REGION, also in line 3',
      'profiles-file, line 5: text of 6 characters',
    ]);
  });
});

describe('settings that are not valid', () => {
  test('are named with their line', () => {
    const text = `[a]\n${ROLE}\nregion =\n  Ireland\n[b]\n${ROLE}\nduration_seconds = 1h\ncredential_source = Moon`;
    expect(problems(text)).toEqual([
      'profiles, line 3, profile a, region: Ireland',
      'profiles, line 8, profile b, credential_source: Moon',
      'profiles, line 7, profile b, duration_seconds: 1h',
    ]);
  });

  test('are shown with the lines that continue them', () => {
    expect(problems(`[a]\n${ROLE}\nregion = Ireland\n  Cork`)).toEqual([
      'profiles, line 3, profile a, region: Ireland\\n  Cork',
    ]);
  });

  test('show the part at fault', () => {
    const arns = Array.from({ length: 11 }, (_, at) => `arn:aws:iam::aws:policy/P${at}`);
    expect(problems(`[a]\n${ROLE}\npolicy_arns = ${arns.join(',')}`)).toEqual([
      'profiles, line 3, profile a, policy_arns: 11 policies',
    ]);
  });

  test.each(['region = eu-west-1', 'role_arn =\nregion = eu-west-1'])('%j has no role', (settings) => {
    expect(read(`[b]\n${ROLE}\n[a]\n${settings}`)).toMatchObject({
      profiles: [{ name: 'b' }],
      parts: [
        {
          problem: 'The input profiles, line 3, profile a is not valid.',
          found: 'no role_arn',
          expected: 'role_arn = the ARN of the role to assume',
          remedy: 'Add role_arn.',
        },
      ],
    });
  });

  test('a role that is not valid is one problem, and the profile is left out', () => {
    expect(read(`[a]\nrole_arn = deploy\n[b]\n${ROLE}\nsource_profile = a`)).toMatchObject({
      profiles: [{ name: 'b' }],
      problems: ['profiles, line 2, profile a, role_arn: deploy'],
    });
  });

  test('a role of another partition is kept, with its line', () => {
    const arn = 'arn:aws-cn:iam::111111111111:role/x';
    expect(problems(`[a]\nregion = eu-west-1\nrole_arn = ${arn}`)).toEqual([
      `profiles, line 3, profile a, role_arn: ${arn}`,
    ]);
  });

  test.each([
    'aws_access_key_id',
    'aws_secret_access_key',
    'aws_session_token',
    'credential_process',
    'login_session',
    'sso_account_id',
    'sso_role_name',
    'sso_session',
    'sso_start_url',
  ])('%s is another kind of credentials', (key) => {
    expect(problems(`[a]\n${ROLE}\n${key} = x`, 'profiles-file')).toEqual([
      `profiles-file, line 3, profile a, ${key}: ${key} and role_arn`,
    ]);
  });

  test('only one of them can be the source', () => {
    const sources = 'web_identity_token_file = /t\ncredential_source = GitHubOidc\nsource_profile = b';
    expect(problems(`[a]\n${ROLE}\n${sources}\n[b]\n${ROLE}`)).toEqual([
      'profiles, line 4, profile a, credential_source: web_identity_token_file and credential_source and source_profile',
    ]);
  });
});

describe('a source profile that does not exist', () => {
  const profilesOf = (count: number) =>
    Array.from({ length: count }, (_, at) => `[p${at}]\n${ROLE}\n`).join('');
  const names = (count: number) => Array.from({ length: count }, (_, at) => `p${count - 1 - at}`);

  test('is named with its line, and the profiles that exist', () => {
    expect(read(`[a]\n${ROLE}\nsource_profile = x\n[b]\n${ROLE}\n[c]\nregion = eu-west-1`).parts).toEqual([
      expect.objectContaining({ problem: 'The input profiles, line 6, profile c is not valid.' }),
      {
        problem: 'The input profiles, line 3, profile a, source_profile is not valid.',
        found: 'x',
        expected: 'the name of another profile: c, b, a',
        remedy: 'Correct the name, or add the profile.',
      },
    ]);
  });

  test.each([
    [20, names(20).join(', ')],
    [21, `${names(21).slice(0, 20).join(', ')} and 1 more`],
    [30, `${names(30).slice(0, 20).join(', ')} and 10 more`],
  ])('of %i others at most 20 are listed', (count, list) => {
    const [part] = read(`${profilesOf(count)}source_profile = x`).parts;
    expect(part?.expected).toBe(`the name of another profile: ${list}`);
  });
});

test('a cycle is a problem of the line that closes it, and each is reported once', () => {
  const chain = (name: string, source: string) => `[${name}]\n${ROLE}\nsource_profile = ${source}\n`;
  const text = [chain('a', 'b'), chain('b', 'c'), chain('c', 'b'), chain('d', 'c'), chain('e', 'e')].join('');
  expect(read(text)).toMatchObject({
    profiles: [{ name: 'c' }, { name: 'b' }, { name: 'a' }, { name: 'd' }, { name: 'e' }],
    problems: [
      'profiles, line 6, profile b: a cycle: b → c → b',
      'profiles, line 15, profile e: a cycle: e → e',
    ],
  });
});
