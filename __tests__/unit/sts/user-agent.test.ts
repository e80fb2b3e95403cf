import { expect, test } from '@jest/globals';
import { userAgentOfJob } from '../../../src/sts/user-agent.ts';

test('names action, run, attempt, and environment', () => {
  const env = { GITHUB_ACTION: '__run_2', GITHUB_RUN_ID: '42', GITHUB_RUN_ATTEMPT: '3' };
  expect(userAgentOfJob(env)).toEqual([
    ['exec-env', 'GitHubActions'],
    ['md', 'action#__run_2'],
    ['md', 'run_id#42'],
    ['md', 'attempt#3'],
  ]);
});

test('leaves out facts of another form, and what the SDK sends itself', () => {
  const env = { AWS_EXECUTION_ENV: 'CodeBuild', GITHUB_RUN_ID: '42 (x)', GITHUB_RUN_ATTEMPT: '' };
  expect(userAgentOfJob(env)).toEqual([]);
});
