import { describe, expect, test } from '@jest/globals';
import { docsLink, trustPageLink } from '../../../src/platform/runner/docs-link.ts';
import { isForkPullRequest, jobFromEnvironment } from '../../../src/platform/runner/job.ts';

test('the facts of a job, with defaults outside a runner', () => {
  const env = {
    GITHUB_REPOSITORY: 'octo-org/octo-app',
    GITHUB_RUN_ID: '42',
    GITHUB_EVENT_NAME: 'push',
    GITHUB_WORKSPACE: '/work',
    GITHUB_RUN_ATTEMPT: '2',
    GITHUB_EVENT_PATH: '/event.json',
    GITHUB_REF: 'refs/heads/main',
  };
  expect(jobFromEnvironment(env)).toEqual({
    repository: 'octo-org/octo-app',
    runId: '42',
    runAttempt: '2',
    eventName: 'push',
    ref: 'refs/heads/main',
    workspace: '/work',
    eventPath: '/event.json',
  });
  expect(jobFromEnvironment({})).toEqual({
    repository: '',
    runId: '',
    runAttempt: '',
    eventName: '',
    ref: '',
    workspace: '.',
    eventPath: '',
  });
});

describe('a pull request from a fork', () => {
  const repo = (name: string) => ({ repo: { full_name: name } });
  const base = repo('octo-org/octo-app');

  test.each<[string, unknown, boolean]>([
    ['another repository', { pull_request: { head: repo('someone/octo-app'), base } }, true],
    ['a fork that was deleted', { pull_request: { head: { repo: null }, base } }, true],
    ['no head', { pull_request: { base } }, true],
    ['a head without a repository', { pull_request: { head: {}, base } }, true],
    ['the same repository', { pull_request: { head: base, base } }, false],
    ['a push', {}, false],
    ['a base that is unknown', { pull_request: { head: repo('someone/octo-app') } }, false],
    ['a base without a repository', { pull_request: { head: base, base: {} } }, false],
  ])('%s', (_what, payload, isFork) => {
    expect(isForkPullRequest(payload)).toBe(isFork);
  });
});

describe('the link to the documentation', () => {
  const action = { GITHUB_ACTION_REPOSITORY: 'octo-org/assume', GITHUB_ACTION_REF: 'v1' };

  test('is on the server of the action, in the version that runs', () => {
    const ghes = { ...action, GITHUB_SERVER_URL: 'https://github.corp.example' };
    expect(docsLink('setup.md', ghes)).toBe(
      'https://github.corp.example/octo-org/assume/blob/v1/docs/setup.md',
    );
  });

  test('is on github.com, and to the newest version, where the runner does not say', () => {
    expect(docsLink('a.md#b', action)).toBe('https://github.com/octo-org/assume/blob/v1/docs/a.md#b');
    expect(docsLink('a.md', { ...action, GITHUB_ACTION_REF: '' })).toBe(
      'https://github.com/octo-org/assume/blob/HEAD/docs/a.md',
    );
  });

  test('is missing for uses: ./', () => {
    expect(docsLink('a.md', { GITHUB_ACTION_REPOSITORY: '' })).toBeUndefined();
  });
});

describe('the link to the page about trust policies', () => {
  test.each<[string, Record<string, string>, string | undefined]>([
    [
      'is on the GitHub Pages of the repository',
      { GITHUB_ACTION_REPOSITORY: 'Octo-Org/Assume', GITHUB_SERVER_URL: 'https://github.com' },
      'https://octo-org.github.io/Assume/#job',
    ],
    [
      'is there where the runner names no server',
      { GITHUB_ACTION_REPOSITORY: 'octo-org/assume', GITHUB_SERVER_URL: '' },
      'https://octo-org.github.io/assume/#job',
    ],
    [
      'is missing on other servers',
      { GITHUB_ACTION_REPOSITORY: 'octo-org/assume', GITHUB_SERVER_URL: 'https://ghes.test' },
      undefined,
    ],
    ['is missing for uses: ./', {}, undefined],
    ['is missing without an owner', { GITHUB_ACTION_REPOSITORY: '/assume' }, undefined],
    ['is missing without a name', { GITHUB_ACTION_REPOSITORY: 'octo-org' }, undefined],
  ])('%s', (_what, env, link) => {
    expect(trustPageLink('job', env)).toBe(link);
  });
});
