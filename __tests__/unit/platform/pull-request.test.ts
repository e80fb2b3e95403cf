import { describe, expect, test } from '@jest/globals';
import { pullRequestVerdict, verdictOnEvent } from '../../../src/platform/runner/pull-request.ts';

const MAIN = 'refs/heads/main';

describe('a run is for a pull request', () => {
  test.each<[string, string, unknown, boolean, string]>([
    ['push', MAIN, {}, false, 'the event push is not of a pull request'],
    ['schedule', MAIN, {}, false, 'the event schedule is not of a pull request'],
    ['pull_request', 'refs/pull/7/merge', {}, true, 'the event pull_request is of a pull request'],
    ['pull_request_target', MAIN, {}, true, 'the event pull_request_target is of a pull request'],
    ['pull_request_review', MAIN, {}, true, 'the event pull_request_review is of a pull request'],
    ['merge_group', 'refs/heads/queue', {}, true, 'the event merge_group is of a pull request'],
    ['workflow_dispatch', 'refs/pull/7/head', {}, true, 'the ref refs/pull/7/head is of a pull request'],
    [
      'workflow_run',
      MAIN,
      { workflow_run: { event: 'push' } },
      false,
      'this workflow_run follows a run for the event push',
    ],
    [
      'workflow_run',
      MAIN,
      { workflow_run: { event: 'pull_request' } },
      true,
      'this workflow_run follows a run for the event pull_request',
    ],
    [
      'workflow_run',
      MAIN,
      { workflow_run: { event: 'workflow_run' } },
      true,
      'this workflow_run follows a run for the event workflow_run',
    ],
    ['workflow_run', MAIN, {}, true, 'the payload of workflow_run does not show the event of the first run'],
    [
      'workflow_run',
      MAIN,
      { workflow_run: { event: 7 } },
      true,
      'the payload of workflow_run does not show the event of the first run',
    ],
    ['issue_comment', MAIN, { issue: {} }, false, 'the comment is on an issue'],
    ['issue_comment', MAIN, { issue: { pull_request: {} } }, true, 'the comment is on a pull request'],
    ['issue_comment', MAIN, {}, true, 'the payload of issue_comment does not show the issue'],
  ])('%s at %s, %j: %s', (eventName, ref, payload, isForPullRequest, why) => {
    expect(pullRequestVerdict({ eventName, ref }, payload)).toEqual({ eventName, isForPullRequest, why });
  });
});

test.each([
  ['push', []],
  ['pull_request', []],
  ['workflow_run', ['/event.json']],
  ['issue_comment', ['/event.json']],
])('the payload is read only where it decides: %s', async (eventName, expected) => {
  const read: string[] = [];
  const readJson = async (file: string) => {
    read.push(file);
    return { workflow_run: { event: 'push' }, issue: {} };
  };
  const { isForPullRequest } = await verdictOnEvent(
    { eventName, ref: MAIN, eventPath: '/event.json' },
    { readJson },
  );
  expect(read).toEqual(expected);
  expect(isForPullRequest).toBe(eventName === 'pull_request');
});
