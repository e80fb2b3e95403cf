import { type PullRequestVerdict, pullRequestVerdict } from '../../src/platform/runner/pull-request.ts';

/** The verdict on an event by its name alone. */
export const verdictOn = (eventName: string): PullRequestVerdict =>
  pullRequestVerdict({ eventName, ref: 'refs/heads/main' }, {});

export const PUSH = verdictOn('push');
