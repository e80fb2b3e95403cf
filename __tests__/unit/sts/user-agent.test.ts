import { expect, test } from '@jest/globals';
import { userAgentOfJob } from '../../../src/sts/user-agent.ts';

test('action, run and attempt, and where that is', () => {
  const env = { GITHUB_ACTION: '__run_2', GITHUB_RUN_ID: '42', GITHUB_RUN_ATTEMPT: '3' };
  expect(userAgentOfJob(env)).toEqual([
    ['exec-env', 'GitHubActions'],
    ['md', 'action#__run_2'],
    ['md', 'run_id#42'],
    ['md', 'attempt#3'],
  ]);
});

test('what is of another form is left out, and what the SDK says by itself', () => {
  const env = { AWS_EXECUTION_ENV: 'CodeBuild', GITHUB_RUN_ID: '42 (x)', GITHUB_RUN_ATTEMPT: '' };
  expect(userAgentOfJob(env)).toEqual([]);
});
