import { describe, expect, test } from '@jest/globals';
import { docsLink } from '../../../src/platform/runner/docs-link.ts';
import { isForkPullRequest, jobFromEnvironment } from '../../../src/platform/runner/job.ts';

test('the facts of a job, with defaults outside a runner', () => {
  const env = {
    GITHUB_REPOSITORY: 'octo-org/octo-app',
    GITHUB_RUN_ID: '42',
    GITHUB_EVENT_NAME: 'push',
    GITHUB_WORKSPACE: '/work',
    GITHUB_EVENT_PATH: '/event.json',
    GITHUB_REF: 'refs/heads/main',
  };
  expect(jobFromEnvironment(env)).toEqual({
    repository: 'octo-org/octo-app',
    runId: '42',
    eventName: 'push',
    ref: 'refs/heads/main',
    workspace: '/work',
    eventPath: '/event.json',
  });
  expect(jobFromEnvironment({})).toEqual({
    repository: '',
    runId: '',
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
