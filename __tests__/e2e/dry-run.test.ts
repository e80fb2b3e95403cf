import { describe, expect, test } from '@jest/globals';
import type { JobIdentity } from '../../lab/issuer.ts';
import type { PolicyDocument, Statement } from '../../lab/policy.ts';
import { gitHubTrust, type World } from '../../lab/world.ts';
import { setupInFragment } from '../../src/trust/setup-link.ts';
import {
  DEPLOY,
  errorOf,
  HUB,
  MINIMAL,
  NO_TRACES,
  SPOKE,
  traces,
  USER_KEYS,
  withJob,
} from '../support/harness.ts';

const ACTION = { GITHUB_ACTION_REPOSITORY: 'Octo-Tools/assume-aws-roles', GITHUB_ACTION_REF: 'v1' };
const LINK = /https:\/\/octo-tools\.github\.io\/assume-aws-roles\/#(\S*)/g;
const CALLED = 'octo-org/workflows/.github/workflows/deploy.yml@refs/tags/v2';

const linksIn = (log: string) =>
  [...log.matchAll(LINK)].map(([, fragment = '']) => setupInFragment(fragment).setup);

/** The lines of a group, as they are in the log. */
function groupIn(log: string, title: string): string[] {
  const [, rest = ''] = log.split(`▼ ${title}\n`);
  const lines = rest.split('\n');
  const end = lines.findIndex((line) => !line.startsWith('  '));
  return lines.slice(0, end === -1 ? undefined : end).map((line) => line.slice(2));
}

function statementIn(log: string, role: string): Statement {
  const lines = groupIn(log, `Dry run: the trust policy of ${role}`);
  const end = lines.indexOf('  }');
  return JSON.parse(lines.slice(1, end + 1).join('\n'));
}

const policyWith = (statement: Statement): PolicyDocument => ({
  Version: '2012-10-17',
  Statement: [statement],
});

function trust({ accounts }: World, arn: string, trustPolicy: PolicyDocument): void {
  const [, account = '', name = ''] = /::(\d+):role\/(.*)$/.exec(arn) ?? [];
  const role = accounts[account]?.roles.find((one) => one.name === name);
  if (role === undefined) throw new Error(`the lab has no role ${arn}`);
  role.trustPolicy = trustPolicy;
}

describe('a dry run prints the trust policy that allows exactly this run', () => {
  test.each<[string, Partial<JobIdentity>]>([
    ['a branch, with IDs', { immutableSubject: true }],
    ['a branch, with names', {}],
    ['an environment', { immutableSubject: true, environment: 'aws:prod' }],
    ['a pull request', { eventName: 'pull_request', ref: 'refs/pull/7/merge' }],
    ['a called workflow', { jobWorkflowRef: CALLED }],
    ['a customized subject', { subjectClaimKeys: ['repo', 'context', 'actor'] }],
    ['a subject that others can have', { subjectClaimKeys: ['actor'] }],
    ['a branch whose name looks like a policy variable', { ref: 'refs/heads/${aws:username}' }],
  ])('%s', (_name, identity) =>
    withJob({ env: ACTION }, async ({ lab, uses }) => {
      Object.assign(lab.oidc.job, identity);
      const dry = await uses({ ...MINIMAL, 'dry-run': 'true' });
      expect(dry.exitCode).toBe(0);
      expect(lab.traffic.counts()).toEqual({ oidc: 1, sts: 0 });
      expect(traces(dry)).toEqual(NO_TRACES);
      const statement = statementIn(dry.log, DEPLOY);
      trust(lab.world, DEPLOY, policyWith(statement));
      expect((await uses(MINIMAL)).exitCode).toBe(0);
      // It allows no other branch.
      Object.assign(lab.oidc.job, {
        ref: 'refs/heads/other',
        eventName: 'push',
        actor: 'hubot',
        repositoryId: '75',
      });
      delete lab.oidc.job.environment;
      expect(errorOf(await uses(MINIMAL))).toContain('[STS_ACCESS_DENIED]');
    }),
  );

  test('and for role chaining, with a placeholder for the external ID', () =>
    withJob({ env: ACTION }, async ({ lab, uses }) => {
      const chain = {
        ...MINIMAL,
        'role-to-assume': HUB,
        'role-chain': SPOKE,
        'role-external-id': 'partner-7b1f',
      };
      const dry = await uses({ ...chain, 'dry-run': 'true' });
      expect(dry.log).not.toContain('7b1f');
      expect(statementIn(dry.log, SPOKE)).toEqual({
        Effect: 'Allow',
        Principal: { AWS: HUB },
        Action: ['sts:AssumeRole', 'sts:TagSession'],
        Condition: { StringEquals: { 'sts:ExternalId': 'EXTERNAL-ID' } },
      });
      expect(dry.log).toContain('Replace EXTERNAL-ID with role-external-id, or external_id of the profile.');
      expect(linksIn(dry.log).map(({ role, accountId }) => [role, accountId])).toEqual([
        ['deploy-hub', '111111111111'],
      ]);
      const statement = JSON.parse(
        JSON.stringify(statementIn(dry.log, SPOKE)).replace('EXTERNAL-ID', 'partner-7b1f'),
      );
      trust(lab.world, HUB, policyWith(statementIn(dry.log, HUB)));
      trust(lab.world, SPOKE, policyWith(statement));
      expect((await uses(chain)).exitCode).toBe(0);
    }));

  test('once for a role that several profiles share', () =>
    withJob({}, async ({ uses }) => {
      const section = (name: string, region: string) =>
        `[profile ${name}]\nrole_arn = ${DEPLOY}\nduration_seconds = ${region}\n`;
      const profiles = `${section('a', '900')}${section('b', '7200')}`;
      const { log } = await uses({ 'aws-region': 'eu-west-1', profiles, 'dry-run': 'true' });
      expect(log.match(/▼ Dry run: the trust policy of /g)).toHaveLength(1);
    }));
});

test('a role without an account has a placeholder for that of the access keys, which only STS knows', () =>
  withJob({}, async ({ lab, uses }) => {
    const roles = { 'role-to-assume': 'teams/deploy', 'role-chain': SPOKE };
    const dry = await uses({ 'aws-region': 'eu-west-1', ...USER_KEYS, ...roles, 'dry-run': 'true' });
    expect(dry.exitCode).toBe(0);
    expect(lab.traffic.requests).toEqual([]);
    const role = 'arn:aws:iam::ACCOUNT-ID:role/teams/deploy';
    expect(dry.log).toContain(`AssumeRole ${role} with `);
    expect(dry.log).toContain('ACCOUNT-ID stands for the account of the credentials, which only STS knows.');
    expect(statementIn(dry.log, SPOKE).Principal).toEqual({ AWS: role });
  }));

test('a dry run prints the commands that create provider and role', () =>
  withJob({}, async ({ uses }) => {
    const { log } = await uses({ ...MINIMAL, 'role-duration-seconds': '7200', 'dry-run': 'true' });
    const lines = groupIn(log, `Dry run: AWS CLI commands that create ${DEPLOY} and its identity provider`);
    expect(lines[0]).toBe(
      'aws iam create-open-id-connect-provider --url https://token.actions.githubusercontent.com --client-id-list sts.amazonaws.com',
    );
    expect(lines.at(-1)).toBe(
      'aws iam create-role --role-name deploy --assume-role-policy-document file://deploy-trust.json --max-session-duration 7200',
    );
    const policy = lines
      .slice(lines.indexOf("cat > deploy-trust.json <<'EOF'") + 1, lines.indexOf('EOF'))
      .join('\n');
    expect(JSON.parse(policy)).toEqual(policyWith(statementIn(log, DEPLOY)));
  }));

describe('the link to the page', () => {
  test('has the job filled in, in a dry run and in a diagnosis, and no secret', () =>
    withJob({ env: ACTION }, async ({ lab, uses }) => {
      const environment = 'production';
      Object.assign(lab.oidc.job, { immutableSubject: true, environment, jobWorkflowRef: CALLED });
      const job = {
        owner: 'octo-org',
        repository: 'octo-app',
        ownerId: '9919',
        repositoryId: '74',
        environment,
        format: 'immutable',
        calledWorkflow: CALLED,
        accountId: '111111111111',
        role: 'deploy',
      };
      const dry = await uses({ ...MINIMAL, 'dry-run': 'true', 'role-external-id': 'partner-7b1f' });
      expect(linksIn(dry.log)).toEqual([expect.objectContaining(job)]);
      expect(dry.log).not.toContain('7b1f');
      trust(lab.world, DEPLOY, gitHubTrust('111111111111', 'repo:octo-org/octo-app:ref:refs/heads/main'));
      const denied = await uses({ ...MINIMAL, 'disable-retry': 'true' });
      expect(errorOf(denied)).toContain('[STS_ACCESS_DENIED]');
      expect(linksIn(denied.log)).toEqual(linksIn(dry.log));
    }));

  test('has no account ID that the log masks', () =>
    withJob({ env: ACTION }, async ({ uses }) => {
      const { log } = await uses({ ...MINIMAL, 'dry-run': 'true', 'mask-aws-account-id': 'true' });
      expect(linksIn(log)).toEqual([expect.objectContaining({ accountId: '', role: 'deploy' })]);
    }));

  test.each([
    ['for an action of the workspace', { GITHUB_ACTION_REPOSITORY: '' }, {}],
    ['on GitHub Enterprise Server', { ...ACTION, GITHUB_SERVER_URL: 'https://ghes.octo.example' }, {}],
    ['for a token of another issuer', ACTION, { issuer: 'https://ghes.octo.example/_services/token' }],
  ])('is missing %s', (_name, env, lab) =>
    withJob({ env, ...lab }, async ({ uses }) => {
      const { log, exitCode } = await uses({ ...MINIMAL, 'dry-run': 'true' });
      expect(exitCode).toBe(0);
      expect(log).toContain('A trust policy statement for exactly this run');
      expect(log).not.toContain('github.io');
    }),
  );
});
