import { expect, test } from '@jest/globals';
import { pullRequestIn } from '../../../src/platform/runner/github-event.ts';

test('a pull request has two sides; the repository of a deleted fork has no name', () => {
  const base = { repo: { full_name: 'octo-org/octo-app' }, ref: 'main' };
  const from = (head: object) => pullRequestIn({ pull_request: { head, base } });
  expect(from({ repo: { full_name: 'alice/fork' }, ref: 'patch-1' })).toEqual({
    head: 'alice/fork:patch-1',
    base: 'octo-org/octo-app:main',
  });
  expect(from({ repo: null, ref: 'patch-1' })?.head).toBe('(deleted):patch-1');
  expect(pullRequestIn({ pull_request: {} })).toEqual({ head: '(deleted):', base: '(deleted):' });
});

test('an event that is no pull request has no sides', () => {
  expect(pullRequestIn({})).toBeUndefined();
});
