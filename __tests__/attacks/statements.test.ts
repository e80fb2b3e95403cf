import { describe, expect, test } from '@jest/globals';
import type { PolicyDocument } from '../../lab/policy.ts';
import type { Denial } from '../../src/diagnosis/causes/denial.ts';
import { statementForRun } from '../../src/diagnosis/statement-for-run.ts';
import type { AssumeRoleRequest, RoleSessionRequest } from '../../src/plan/plan.ts';
import { parseTrustPolicy } from '../../src/trust/document.ts';
import { evaluateTrust } from '../../src/trust/evaluate.ts';
import { questionOfToken } from '../../src/trust/questions.ts';
import { policyOf } from '../../src/trust/statement.ts';
import { DEPLOY, MINIMAL, withJob } from '../support/harness.ts';

const ISSUER = 'token.actions.githubusercontent.com';
const role = { arn: DEPLOY, partition: 'aws', accountId: '111111111111', path: '/', name: 'deploy' };
const common = {
  role,
  sessionName: 's-1',
  duration: { kind: 'seconds', seconds: 900 },
  inlinePolicy: undefined,
  policyArns: [],
} as const;
const request: RoleSessionRequest = { operation: 'AssumeRoleWithWebIdentity', ...common };
const CLAIMS = {
  iss: `https://${ISSUER}`,
  aud: 'sts.amazonaws.com',
  repository: 'octo-org/octo-app',
  repository_id: '74',
  repository_owner_id: '9919',
};
const denial: Denial = {
  code: 'STS_ACCESS_DENIED',
  namedCause: undefined,
  request,
  claims: undefined,
  caller: undefined,
  verdict: undefined,
  subjectClaimKeys: undefined,
};
const statementFor = (sub: string, more: object = {}) =>
  statementForRun({ ...denial, claims: { ...CLAIMS, sub, ...more } });

function verdict(sub: string, claims: object): string {
  const statement = statementFor(sub);
  if (statement === undefined) throw new Error('there is no statement');
  const policy = parseTrustPolicy(JSON.stringify(policyOf(statement)));
  if ('unreadable' in policy) throw new Error(policy.unreadable);
  return evaluateTrust(policy, questionOfToken(request, { ...CLAIMS, sub, ...claims })).decision;
}

/** Another repository, whose jobs can have the very same subject. */
const STRANGER = { repository: 'octo-org/stranger', repository_id: '75' };

describe('a subject that another repository can have', () => {
  test.each([
    ['the digits of the ID in an environment', 'repository_owner:octo-org:environment:prod-74'],
    ['the digits of the ID in a tag', 'repository_owner:octo-org:ref:refs/tags/v0.74'],
    ['the ID of another repository that holds this one', 'repository_id:1741'],
    ['another repository with the same prefix', 'repo:octo-org/octo-app-two:context:x'],
    ['another owner with the same suffix', 'repo:not-octo-org/octo-app:x'],
    ['the name in an environment', 'environment:octo-org/octo-app'],
    [
      'the name in a called workflow',
      'job_workflow_ref:octo-org/octo-app/.github/workflows/x.yml@refs/heads/main',
    ],
    ['the name in another letter case', 'repo:Octo-Org/octo-app:x'],
    ['the whole part, as the value of another claim', 'workflow:repo:octo-org/octo-app'],
    ['the ID, as the value of another claim', 'workflow:repository_id:74'],
    ['the name with the ID of another repository', 'repo:octo-org@9919/octo-app@75:x'],
    ['a slash more', 'repo:octo-org/octo-app/x:y'],
  ])('%s: the statement adds the ID', (_name, sub) => {
    expect(JSON.stringify(statementFor(sub))).toContain(`"${ISSUER}:repository_id":"74"`);
    expect(JSON.stringify(statementFor(sub, { repository_id: 74 }))).toContain('repository_id":"74"');
    expect(verdict(sub, {})).toBe('allowed');
    expect(verdict(sub, STRANGER)).toBe('denied');
  });

  test.each([
    'repo:octo-org/octo-app:ref:refs/heads/main',
    'repo:octo-org/octo-app',
    'repo:octo-org@9919/octo-app@74:environment:prod',
    'repository_id:74:environment:prod',
  ])('%s: the statement needs no ID', (sub) => {
    expect(JSON.stringify(statementFor(sub))).not.toContain('repository_id"');
    expect(verdict(sub, {})).toBe('allowed');
  });

  test('a branch with the name of a policy variable stays a text', () => {
    const [variable] = ['aws:PrincipalTag/x'].map((name) => `\${${name}}`);
    const sub = `repo:octo-org/octo-app:ref:refs/heads/${variable}`;
    expect(verdict(sub, {})).toBe('allowed');
    expect(verdict(sub, { sub: 'repo:octo-org/octo-app:ref:refs/heads/' })).toBe('denied');
  });

  test('the printed statement keeps the other repository out, in a run', () =>
    withJob({}, async (context) => {
      const { lab, job, uses } = context;
      const deploy = lab.world.accounts['111111111111']?.roles.find(({ name }) => name === 'deploy');
      if (deploy === undefined) throw new Error('there is no role to assume');
      deploy.trustPolicy = { Version: '2012-10-17', Statement: [] };
      Object.assign(lab.oidc.job, {
        subjectClaimKeys: ['repository_owner', 'environment'],
        environment: 'prod-74',
      });
      const denied = await uses({ ...MINIMAL, 'github-token': '' });
      const json =
        /A trust policy statement for exactly this run\n((?: {4}.*\n?)+)/.exec(denied.log)?.[1] ?? '';
      const Statement = JSON.parse(json) as PolicyDocument['Statement'];
      deploy.trustPolicy = { Version: '2012-10-17', Statement };
      expect((await uses(MINIMAL)).exitCode).toBe(0);
      await context.finish();
      Object.assign(lab.oidc.job, { repository: 'octo-org/stranger', repositoryId: '75' });
      job.environment = { ...job.environment, GITHUB_REPOSITORY: 'octo-org/stranger' };
      expect((await uses(MINIMAL)).exitCode).toBe(1);
    }));
});

describe('a caller', () => {
  const assumeRole: AssumeRoleRequest = {
    operation: 'AssumeRole',
    ...common,
    externalId: undefined,
    sourceIdentity: undefined,
    tags: [],
    transitiveTagKeys: [],
    mfa: undefined,
  };
  const statementOf = (arn: string) =>
    statementForRun({
      ...denial,
      request: assumeRole,
      caller: { arn, accountId: '111111111111', kind: 'user' },
    });

  test('that is the root user has no statement, since its ARN names the whole account', () =>
    expect(statementOf('arn:aws:iam::111111111111:root')).toBeUndefined());

  test('that is a user has one', () =>
    expect(statementOf('arn:aws:iam::111111111111:user/root')?.Principal).toEqual({
      AWS: 'arn:aws:iam::111111111111:user/root',
    }));
});
