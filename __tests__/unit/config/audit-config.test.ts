import { describe, expect, test } from '@jest/globals';
import { readAuditConfig } from '../../../src/config/audit-config.ts';
import { type Inputs, partsOf, problemsOf, textOf } from './problems.ts';

const MINIMAL: Inputs = { policies: 'trust' };

/** The environment of a job in the repository octo-org/octo-app. */
const ENV = {
  GITHUB_REPOSITORY: 'octo-org/octo-app',
  GITHUB_REPOSITORY_ID: '11',
  GITHUB_REPOSITORY_OWNER_ID: '22',
  GITHUB_SERVER_URL: 'https://ghe.example.com',
};

type Env = Record<string, string>;
const read = (inputs: Inputs, env: Env = ENV) => readAuditConfig(textOf(inputs), env);
const problems = (inputs: Inputs, env: Env = ENV) => problemsOf(() => read(inputs, env));

test('policies alone are enough; facts about the repository are those of the job', () => {
  expect(read(MINIMAL)).toEqual({
    workflows: ['.github/workflows/*.y*ml'],
    policies: ['trust'],
    repository: 'octo-org/octo-app',
    repositoryId: '11',
    ownerId: '22',
    serverUrl: 'https://ghe.example.com',
    subjectFormat: undefined,
    subjectClaims: undefined,
    defaultBranch: undefined,
    variables: {},
    failOn: 'denied',
    baselineFile: undefined,
    sarifFile: undefined,
    jobSummary: false,
    live: false,
    region: 'us-east-1',
    gitHubToken: '',
  });
});

test('every input has its place', () => {
  expect(
    read({
      workflows: 'a.yml\nb.yml',
      policies: 'trust/*.json\nmain.tf',
      repository: 'octo-org/other',
      'repository-id': '33',
      'owner-id': '44',
      'subject-format': 'immutable',
      'subject-claims': 'repo, context',
      'default-branch': 'trunk',
      variables: '{"vars": {"ROLE": "x"}}',
      'fail-on': 'risk',
      'baseline-file': 'baseline.json',
      'sarif-file': 'audit.sarif',
      'job-summary': 'true',
      live: 'true',
      'aws-region': 'eu-west-1',
      'github-token': 'token',
    }),
  ).toEqual({
    workflows: ['a.yml', 'b.yml'],
    policies: ['trust/*.json', 'main.tf'],
    repository: 'octo-org/other',
    repositoryId: '33',
    ownerId: '44',
    serverUrl: 'https://ghe.example.com',
    subjectFormat: 'immutable',
    subjectClaims: ['repo', 'context'],
    defaultBranch: 'trunk',
    variables: { vars: { ROLE: 'x' } },
    failOn: 'risk',
    baselineFile: 'baseline.json',
    sarifFile: 'audit.sarif',
    jobSummary: true,
    live: true,
    region: 'eu-west-1',
    gitHubToken: 'token',
  });
});

describe('the IDs of the job', () => {
  const ids = (inputs: Inputs, env?: Env) => {
    const { repositoryId, ownerId } = read({ ...MINIMAL, ...inputs }, env);
    return [repositoryId, ownerId];
  };

  test.each<[string, Inputs, (string | undefined)[]]>([
    ['are used for the repository of the job', { repository: 'octo-org/octo-app' }, ['11', '22']],
    ['are not those of another repository', { repository: 'octo-org/other' }, [undefined, undefined]],
    ['are replaced by the inputs', { 'repository-id': '33', 'owner-id': '44' }, ['33', '44']],
  ])('%s', (_title, inputs, expected) => {
    expect(ids(inputs)).toEqual(expected);
  });

  test('are unknown where their variables are empty', () => {
    const env = { ...ENV, GITHUB_REPOSITORY_ID: '', GITHUB_REPOSITORY_OWNER_ID: '' };
    expect(ids({}, env)).toEqual([undefined, undefined]);
  });
});

test.each([{}, { GITHUB_SERVER_URL: '' }])('%j means github.com', (server) => {
  const env = { GITHUB_REPOSITORY: 'octo-org/octo-app', ...server };
  expect(read(MINIMAL, env).serverUrl).toBe('https://github.com');
});

describe('what to audit', () => {
  test('is in policies, in the account (live), or in both', () => {
    expect(problems({ live: 'true' })).toEqual([]);
    expect(problems({ live: 'true', policies: 'trust' })).toEqual([]);
    expect(problems({ live: 'false' })).toEqual(['policies: neither policies nor live']);
  });
});

describe('the repository', () => {
  test.each<[Env]>([[{}], [{ GITHUB_REPOSITORY: '' }]])('has to be given with the environment %j', (env) => {
    expect(partsOf(() => read(MINIMAL, env))).toEqual([
      {
        problem: 'The input repository is not valid.',
        found: 'nothing',
        expected: 'a repository as OWNER/NAME',
        remedy: 'Set repository.',
      },
    ]);
    expect(read({ ...MINIMAL, repository: 'octo-org/other' }, env).repository).toBe('octo-org/other');
  });

  test.each<[Env]>([[{}], [ENV]])('is one problem when it is not valid, with the environment %j', (env) => {
    expect(problems({ ...MINIMAL, repository: 'octo-org' }, env)).toEqual(['repository: octo-org']);
  });
});

test('all problems are reported together; a variable is named as one', () => {
  const inputs: Inputs = { 'repository-id': 'x', 'owner-id': '', 'fail-on': 'never' };
  expect(problems(inputs, { ...ENV, GITHUB_SERVER_URL: 'ghe' })).toEqual([
    'GITHUB_SERVER_URL: ghe',
    'policies: neither policies nor live',
    'repository-id: x',
    'fail-on: never',
  ]);
  expect(partsOf(() => read(MINIMAL, { ...ENV, GITHUB_SERVER_URL: 'ghe' }))).toEqual([
    {
      problem: 'The variable GITHUB_SERVER_URL is not valid.',
      found: 'ghe',
      expected: 'a URL',
      remedy: 'Set it to the URL of the server, such as https://github.com.',
    },
  ]);
});
