import { describe, expect, test } from '@jest/globals';
import { gitHubTrust } from '../../lab/world.ts';
import {
  DEPLOY,
  errorOf,
  HUB,
  MINIMAL,
  NO_TRACES,
  SPOKE,
  type TestJob,
  traces,
  withJob,
} from '../support/harness.ts';

const READ = 'arn:aws:iam::111111111111:role/read';
const BOTH = { ...MINIMAL, 'role-for-pull-requests': READ };

/** A job for an event, in a world in which both roles trust every job of the repository. */
function forEvent(
  eventName: string,
  options: { readonly event?: unknown; readonly ref?: string },
  run: (context: TestJob) => Promise<void>,
): Promise<void> {
  const { event, ref = 'refs/pull/7/merge' } = options;
  return withJob({ env: { GITHUB_EVENT_NAME: eventName, GITHUB_REF: ref }, event }, async (context) => {
    const { world, oidc } = context.lab;
    Object.assign(oidc.job, { eventName, ref });
    const trustPolicy = gitHubTrust('111111111111', 'repo:octo-org/octo-app:*');
    world.accounts['111111111111']?.roles.push({ name: 'read', trustPolicy });
    await run(context);
  });
}

const runOf = (event: string) => ({ workflow_run: { event } });
const MAIN = 'refs/heads/main';

describe('role-for-pull-requests', () => {
  test.each<[string, { event?: unknown; ref?: string }, string, string]>([
    ['pull_request', {}, READ, 'the event pull_request is of a pull request'],
    ['pull_request_target', { ref: MAIN }, READ, 'the event pull_request_target is of a pull request'],
    ['pull_request_review', {}, READ, 'the event pull_request_review is of a pull request'],
    ['merge_group', { ref: MAIN }, READ, 'the event merge_group is of a pull request'],
    [
      'workflow_run',
      { ref: MAIN, event: runOf('pull_request') },
      READ,
      'follows a run for the event pull_request',
    ],
    ['workflow_run', { ref: MAIN, event: runOf('push') }, DEPLOY, 'follows a run for the event push'],
    [
      'workflow_run',
      { ref: MAIN, event: runOf('workflow_run') },
      READ,
      'follows a run for the event workflow_run',
    ],
    ['workflow_run', { ref: MAIN }, READ, 'does not show the event of the first run'],
    ['issue_comment', { ref: MAIN, event: { issue: { pull_request: {} } } }, READ, 'on a pull request'],
    ['issue_comment', { ref: MAIN, event: { issue: {} } }, DEPLOY, 'on an issue'],
    ['deployment', {}, READ, 'the ref refs/pull/7/merge is of a pull request'],
    ['push', { ref: MAIN }, DEPLOY, 'the event push is not of a pull request'],
  ])('%s, %j: %s', (eventName, options, role, why) =>
    forEvent(eventName, options, async ({ lab, uses }) => {
      const step = await uses(BOTH);
      expect(step.exitCode).toBe(0);
      const sent = lab.traffic.requests.filter(({ server }) => server === 'sts');
      expect(sent.map(({ parameters }) => parameters.RoleArn)).toEqual([role]);
      const input = role === READ ? 'role-for-pull-requests' : 'role-to-assume';
      expect(step.log).toContain(`Using ${input} (${role}): `);
      expect(step.log).toContain(why);
    }),
  );

  test('an event that the token does not confirm gets no role', () =>
    withJob({ env: { GITHUB_EVENT_NAME: 'push' } }, async ({ lab, uses }) => {
      lab.oidc.job.eventName = 'pull_request';
      const step = await uses(BOTH);
      expect(errorOf(step)).toMatch(
        /\[EVENT_MISMATCH\][\s\S]*push in GITHUB_EVENT_NAME, and pull_request in the token/,
      );
      expect(traces(step)).toEqual(NO_TRACES);
      expect(lab.traffic.counts().sts).toBe(0);
    }));

  test('a variable that is not set does not lead to the other role', () =>
    forEvent('pull_request', {}, async ({ lab, uses }) => {
      const step = await uses({ ...MINIMAL, 'role-for-pull-requests': '' });
      expect(errorOf(step)).toContain('The input role-for-pull-requests is not valid.');
      expect(lab.traffic.counts()).toEqual({ oidc: 0, sts: 0 });
    }));

  test('takes the place of the whole chain', () =>
    forEvent('pull_request', {}, async ({ lab, uses }) => {
      const step = await uses({ ...BOTH, 'role-to-assume': HUB, 'role-chain': SPOKE });
      expect(step.outputs['authenticated-arn']).toContain('assumed-role/read/');
      expect(lab.traffic.counts().sts).toBe(1);
    }));

  test('exec has it, too', () =>
    forEvent('pull_request', {}, async ({ lab, uses }) => {
      const step = await uses({ ...BOTH, run: 'true', shell: 'bash' }, { action: 'exec' });
      expect(step.exitCode).toBe(0);
      expect(lab.traffic.requests.map(({ parameters }) => parameters.RoleArn)).toContain(READ);
    }));

  test('a profile has its own', () => {
    const profiles = `[profile app]\nrole_arn = ${DEPLOY}\nrole_arn_for_pull_requests = ${READ}\n`;
    return forEvent('pull_request', {}, async ({ uses }) => {
      const step = await uses({ 'aws-region': 'eu-west-1', profiles });
      expect(JSON.parse(step.outputs.profiles ?? '').app.arn).toContain('assumed-role/read/');
      expect(step.log).toContain('Using role_arn_for_pull_requests where a profile has it');
      const matrix = await uses({ 'aws-region': 'eu-west-1', profiles }, { action: 'matrix' });
      expect(JSON.parse(matrix.outputs.matrix ?? '').include).toMatchObject([{ name: 'app', role: READ }]);
    });
  });
});
