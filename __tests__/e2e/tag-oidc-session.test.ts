import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { PolicyDocument } from '../../lab/policy.ts';
import { awsTrust, gitHubTrust, type Role } from '../../lab/world.ts';
import { DEPLOY, errorOf, MINIMAL, SPOKE, type TestJob, withJob } from '../support/harness.ts';

const TAGGED = { ...MINIMAL, 'tag-oidc-session': 'true', 'custom-tags': '{"Team":"payments"}' };
const SUBJECT = 'repo:octo-org/octo-app:*';

/** The trust policy of a role that GitHub jobs assume, and that may assume itself with `actions`. */
function trustWith(actions: string[]): PolicyDocument {
  const own = awsTrust(DEPLOY).Statement;
  const statements = [own].flat().map((statement) => ({ ...statement, Action: actions }));
  return { ...gitHubTrust('111111111111', SUBJECT), Statement: [...gitHub(), ...statements] };
}

const gitHub = () => [gitHubTrust('111111111111', SUBJECT).Statement].flat();

function roleOf({ lab }: TestJob): Role {
  const role = lab.world.accounts['111111111111']?.roles.find(({ name }) => name === 'deploy');
  if (role === undefined) throw new Error('the world has no role deploy');
  return role;
}

const BOTH = ['sts:AssumeRole', 'sts:TagSession'];

describe('tag-oidc-session', () => {
  test('the role assumes itself with the tags', () =>
    withJob({}, async (context) => {
      roleOf(context).trustPolicy = trustWith(BOTH);
      const step = await context.uses({ ...TAGGED, 'inline-session-policy': '{"Statement":[]}' });
      expect(step.exitCode).toBe(0);
      const [first, second] = context.lab.traffic.requests.filter(({ server }) => server === 'sts');
      expect(first?.parameters).toMatchObject({ RoleArn: DEPLOY, DurationSeconds: '900' });
      expect(first?.parameters.Policy).toBeUndefined();
      expect(second?.operation).toBe('AssumeRole');
      expect(second?.parameters).toMatchObject({
        RoleArn: DEPLOY,
        DurationSeconds: '3600',
        Policy: '{"Statement":[]}',
      });
      expect(Object.values(second?.parameters ?? {})).toEqual(
        expect.arrayContaining(['Team', 'payments', 'GitHub']),
      );
      expect(step.outputs['authenticated-arn']).toContain(':assumed-role/deploy/');
      await context.finish();
    }));

  test.each([
    ['a role that does not trust itself', [], /does not let the role assume itself with session tags/],
    [
      'a role that trusts itself without tags',
      ['sts:AssumeRole'],
      /does not let the role assume itself with session tags/,
    ],
  ])('%s: what to add to the trust policy', (_what, actions, message) =>
    withJob({}, async (context) => {
      if (actions.length > 0) roleOf(context).trustPolicy = trustWith(actions);
      const step = await context.uses(TAGGED);
      expect(errorOf(step)).toMatch(message);
      expect(errorOf(step)).toContain('sts:TagSession');
      expect(step.log).toContain(`Diagnosis: ${DEPLOY}`);
      const statement =
        /\{\s*"Effect": "Allow",\s*"Principal": \{\s*"AWS": "([^"]+)"\s*\},\s*"Action": \[([^\]]+)\]/.exec(
          step.log,
        );
      expect(statement?.[1]).toBe(DEPLOY);
      expect(statement?.[2]?.match(/sts:\w+/g)).toEqual(BOTH);
      // What it says to add is enough.
      roleOf(context).trustPolicy = trustWith(BOTH);
      expect((await context.uses(TAGGED)).exitCode).toBe(0);
    }),
  );

  test('trust-policy has the policy for both requests', () =>
    withJob({}, async (context) => {
      const { job, lab, uses } = context;
      const file = path.join(job.workspace, 'trust.json');
      await writeFile(file, JSON.stringify(roleOf(context).trustPolicy));
      const step = await uses({ ...TAGGED, 'trust-policy': 'trust.json' });
      expect(errorOf(step)).toMatch(/TRUST_POLICY_MISMATCH[\s\S]*assume itself/);
      expect(lab.traffic.counts().sts).toBe(0);
      roleOf(context).trustPolicy = trustWith(BOTH);
      await writeFile(file, JSON.stringify(roleOf(context).trustPolicy));
      expect((await uses({ ...TAGGED, 'trust-policy': 'trust.json' })).exitCode).toBe(0);
    }));

  test('with a chain and transitive tags: the next role gets them once', () =>
    withJob({}, async (context) => {
      roleOf(context).trustPolicy = trustWith(BOTH);
      const spoke = context.lab.world.accounts['222222222222']?.roles[0];
      if (spoke === undefined) throw new Error('the world has no spoke');
      spoke.trustPolicy = awsTrust(DEPLOY);
      const step = await context.uses({ ...TAGGED, 'role-chain': SPOKE, 'transitive-tag-keys': 'Team' });
      expect(step.exitCode).toBe(0);
      expect(context.lab.traffic.counts()).toMatchObject({
        oidc: 1,
        AssumeRoleWithWebIdentity: 1,
        AssumeRole: 2,
      });
    }));

  test('profiles that share a role share both sessions', () =>
    withJob({}, async (context) => {
      roleOf(context).trustPolicy = trustWith(BOTH);
      const profiles = ['a', 'b'].map((name) => `[profile ${name}]\nrole_arn = ${DEPLOY}\n`).join('');
      const step = await context.uses({ 'aws-region': 'eu-west-1', profiles, 'tag-oidc-session': 'true' });
      expect(Object.keys(JSON.parse(step.outputs.profiles ?? ''))).toEqual(['a', 'b']);
      expect(context.lab.traffic.counts()).toMatchObject({ AssumeRoleWithWebIdentity: 1, AssumeRole: 1 });
    }));

  test('refresh repeats both', () =>
    withJob({}, async (context) => {
      roleOf(context).trustPolicy = trustWith(BOTH);
      const step = await context.uses({ ...TAGGED, refresh: 'process' });
      expect(step.exitCode).toBe(0);
      await context.finish();
    }));

  test.each([
    [{ 'role-skip-session-tagging': 'true' }, 'true with role-skip-session-tagging'],
    [
      { 'aws-access-key-id': 'AKIALABUSER000000001', 'aws-secret-access-key': 'x'.repeat(40) },
      'true with the identity static',
    ],
  ])('inputs that do not fit: %j', (inputs, message) =>
    withJob({}, async ({ lab, uses }) => {
      expect(errorOf(await uses({ ...TAGGED, ...(inputs as object) }))).toContain(message);
      expect(lab.traffic.counts().sts).toBe(0);
    }),
  );
});
