import { expect, test } from '@jest/globals';
import { userAgentOfJob } from '../../../src/sts/user-agent.ts';

test('names SDK, action, run, attempt, and environment', () => {
  const env = { GITHUB_ACTION: '__run_2', GITHUB_RUN_ID: '42', GITHUB_RUN_ATTEMPT: '3' };
  expect(userAgentOfJob(env)).toMatch(
    /^aws-sdk-js\/3\.\S+ ua\/2\.1 os\/\S+ lang\/js md\/nodejs#\d\S* api\/sts#3\.\S+ app\/assume-aws-roles exec-env\/GitHubActions md\/action#__run_2 md\/run_id#42 md\/attempt#3$/,
  );
});

test('leaves out facts of another form, and escapes what is no part of a name', () => {
  const env = { AWS_EXECUTION_ENV: 'Code Build/2', GITHUB_RUN_ID: '42 (x)', GITHUB_RUN_ATTEMPT: '' };
  expect(userAgentOfJob(env)).toMatch(/ app\/assume-aws-roles exec-env\/Code-Build-2$/);
});
