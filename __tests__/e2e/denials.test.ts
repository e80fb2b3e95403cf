import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { startForwardProxy } from '../../lab/forward-proxy.ts';
import type { JobIdentity } from '../../lab/issuer.ts';
import type { StepResult } from '../../lab/job.ts';
import type { LabOptions } from '../../lab/lab.ts';
import type { PolicyDocument, Statement } from '../../lab/policy.ts';
import type { Fault } from '../../lab/traffic.ts';
import { awsTrust, defaultWorld, GITHUB, type Role, type World } from '../../lab/world.ts';
import type { CauseId } from '../../src/sts/cause.ts';
import {
  DEPLOY,
  errorOf,
  HUB,
  MINIMAL,
  NO_TRACES,
  OTHER_SPOKE,
  SPOKE,
  type TestJob,
  traces,
  USER_KEYS,
  withJob,
} from '../support/harness.ts';

type Conditions = NonNullable<Statement['Condition']>;

const SUB = `${GITHUB}:sub`;
const AUD = { [`${GITHUB}:aud`]: 'sts.amazonaws.com' };
const MAIN = 'repo:octo-org/octo-app:ref:refs/heads/main';
const PROVIDER = `arn:aws:iam::111111111111:oidc-provider/${GITHUB}`;
const CHAIN = { 'role-to-assume': HUB, 'role-chain': SPOKE, 'role-skip-session-tagging': 'true' };

const TAGGED = { ...CHAIN, 'role-skip-session-tagging': 'false' };

/** A trust policy for tokens, with these conditions. */
function tokens(conditions: Conditions, more: Partial<Statement> = {}): PolicyDocument {
  const statement: Statement = {
    Effect: 'Allow',
    Principal: { Federated: PROVIDER },
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition: conditions,
    ...more,
  };
  return { Version: '2012-10-17', Statement: [statement] };
}

const subject = (value: string | string[], operator = 'StringEquals') =>
  tokens({ StringEquals: AUD, [operator]: { ...(operator === 'StringEquals' ? AUD : {}), [SUB]: value } });

/** A trust policy for requests of the hub, with these conditions on one of the two actions that session tags need. */
function taggedBy(action: 'sts:AssumeRole' | 'sts:TagSession', conditions: Conditions): PolicyDocument {
  const Principal = { AWS: HUB };
  const statements = ['sts:AssumeRole', 'sts:TagSession'].map(
    (Action): Statement => ({
      Effect: 'Allow',
      Principal,
      Action,
      ...(Action === action && { Condition: conditions }),
    }),
  );
  return { Version: '2012-10-17', Statement: statements };
}

interface Scenario {
  /** The expected first cause. */
  readonly first: CauseId;
  readonly name?: string;
  /** The trust policy of the role that is denied. */
  readonly policy?: PolicyDocument;
  /** The role that is denied; by default the one of `MINIMAL`. */
  readonly role?: string;
  readonly job?: Partial<JobIdentity>;
  readonly inputs?: Readonly<Record<string, string>>;
  readonly lab?: LabOptions;
  readonly world?: (world: World) => void;
  readonly fault?: Omit<Fault, 'server'>;
  /** Whether `trust-policy` names a file with the policy. */
  readonly filed?: boolean;
  /** The policy in the file, if it differs from the role's. */
  readonly file?: PolicyDocument;
  /** Only AWS can evaluate the policy, so the action calls STS. */
  readonly undecided?: true;
  /** A text in the log. */
  readonly says?: string;
  /** The cause is not in a trust policy. */
  readonly elsewhere?: true;
}

const error = (
  code: string,
  message: string,
  operation = 'AssumeRoleWithWebIdentity',
): Omit<Fault, 'server'> => ({
  operation,
  kind: { name: 'error', code, message, status: 400 },
  times: 5,
});
const USER = {
  ...USER_KEYS,
  'role-to-assume': 'arn:aws:iam::111111111111:role/by-user',
};
const GHES = 'https://ghes.octo.example/_services/token';

/** The policy is unknown. The facts of the job and STS's answer show the cause. */
const UNSEEN: readonly Scenario[] = [
  {
    first: 'environment-subject',
    policy: subject(MAIN),
    job: { environment: 'production' },
    says: 'environment:production',
  },
  {
    first: 'environment-subject',
    name: 'with a colon in its name',
    policy: subject(MAIN),
    job: { environment: 'aws:prod' },
  },
  {
    first: 'pull-request-subject',
    policy: subject(MAIN),
    job: { eventName: 'pull_request', ref: 'refs/pull/7/merge' },
  },
  {
    first: 'tag-ref',
    policy: subject('repo:octo-org/octo-app:ref:refs/heads/*', 'StringLike'),
    job: { ref: 'refs/tags/v1.2.3' },
  },
  {
    first: 'immutable-subject',
    policy: subject('repo:octo-org/octo-app:*', 'StringLike'),
    job: { immutableSubject: true },
  },
  {
    first: 'immutable-subject',
    name: 'with an environment',
    policy: subject('repo:octo-org/octo-app:*', 'StringLike'),
    job: { immutableSubject: true, environment: 'production' },
  },
  {
    first: 'customised-subject',
    name: 'whose template can be read',
    policy: subject(MAIN),
    job: { subjectClaimKeys: ['repo', 'context', 'job_workflow_ref'], mayReadTemplate: true },
    says: 'made of repo, context, job_workflow_ref',
  },
  {
    first: 'customised-subject',
    name: 'whose template cannot be read',
    policy: subject(MAIN),
    job: { subjectClaimKeys: ['repository_owner', 'environment'], environment: 'production' },
    says: "could not be read: HTTP 403 from GitHub's API; github-token needs the permission actions: read",
  },
  {
    first: 'customised-subject',
    name: 'without a token for the API',
    policy: subject(MAIN),
    job: { subjectClaimKeys: ['repository_id'] },
    inputs: { 'github-token': '' },
    says: 'github-token is empty',
  },
  {
    first: 'reusable-workflow',
    policy: tokens({
      StringEquals: {
        ...AUD,
        [SUB]: MAIN,
        [`${GITHUB}:job_workflow_ref`]: 'octo-org/octo-app/.github/workflows/deploy.yml@refs/heads/main',
      },
    }),
    job: { jobWorkflowRef: 'octo-org/workflows/.github/workflows/deploy.yml@refs/tags/v2' },
  },
  { first: 'letter-case', policy: subject(MAIN), job: { repository: 'Octo-Org/octo-app' } },
  {
    first: 'subject',
    name: 'of another repository',
    policy: subject('repo:octo-org/other:ref:refs/heads/main'),
  },
  {
    first: 'subject',
    name: 'of another branch',
    policy: subject('repo:octo-org/octo-app:ref:refs/heads/release'),
  },
  {
    first: 'provider-missing',
    world: (world) => world.accounts['111111111111']?.oidcProviders.splice(0),
    says: 'aws iam create-open-id-connect-provider',
    elsewhere: true,
  },
  {
    first: 'provider-missing',
    name: 'in the account of a wrong ARN',
    inputs: { 'role-to-assume': SPOKE },
    says: 'account 222222222222',
    elsewhere: true,
  },
  {
    first: 'ghes-issuer',
    name: 'without its provider',
    lab: { issuer: GHES },
    says: `--url ${GHES}`,
    elsewhere: true,
  },
  {
    first: 'ghes-issuer',
    name: 'in a policy for github.com',
    lab: { issuer: GHES },
    policy: subject(MAIN),
    world: (world) =>
      world.accounts['111111111111']?.oidcProviders.push({
        url: 'ghes.octo.example/_services/token',
        audiences: ['sts.amazonaws.com'],
      }),
  },
  { first: 'audience-of-provider', inputs: { audience: 'https://github.com/octo-org' }, elsewhere: true },
  {
    first: 'token-signature',
    fault: error('InvalidIdentityToken', "Couldn't retrieve verification key from your identity provider"),
    elsewhere: true,
  },
  {
    first: 'issuer-unreachable',
    fault: error('IDPCommunicationError', 'Error communicating with the identity provider'),
    inputs: { 'disable-retry': 'true' },
    elsewhere: true,
  },
  {
    first: 'clock',
    name: 'of a token',
    fault: error('ExpiredTokenException', 'Token expired'),
    elsewhere: true,
  },
  {
    first: 'clock',
    name: 'of a signature',
    inputs: USER,
    // The answer has no time that shows the difference.
    fault: error(
      'SignatureDoesNotMatch',
      'Signature expired: 20260101T000000Z is now earlier than …',
      'AssumeRole',
    ),
    elsewhere: true,
  },
  {
    first: 'region-disabled',
    world: (world) => Object.assign(world.accounts['111111111111'] ?? {}, { disabledRegions: [''] }),
    elsewhere: true,
  },
  { first: 'role-duration', inputs: { 'role-duration-seconds': '7200' }, elsewhere: true },
  {
    first: 'chain-duration',
    inputs: CHAIN,
    fault: error(
      'ValidationError',
      'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.',
      'AssumeRole',
    ),
    elsewhere: true,
  },
  {
    first: 'packed-size',
    fault: error(
      'PackedPolicyTooLarge',
      'Packed policy consumes 112% of allotted space, please use smaller policy.',
    ),
    says: '112%',
    elsewhere: true,
  },
  {
    first: 'mfa-code',
    inputs: { ...USER, 'mfa-serial': 'arn:aws:iam::111111111111:mfa/ci', 'mfa-code': '000000' },
    elsewhere: true,
  },
  { first: 'key-unknown', inputs: { ...USER, 'aws-access-key-id': 'AKIANOBODYKNOWS00000' }, elsewhere: true },
  {
    first: 'wrong-secret',
    inputs: { ...USER, 'aws-secret-access-key': 'lab0secret/of+the0user/ci0000000000000002' },
    elsewhere: true,
  },
  {
    first: 'credentials-expired',
    inputs: CHAIN,
    fault: error('ExpiredToken', 'The security token included in the request is expired', 'AssumeRole'),
    elsewhere: true,
  },
  { first: 'caller-not-trusted', name: 'of a role', role: SPOKE, policy: awsTrust(DEPLOY), inputs: CHAIN },
  {
    first: 'caller-not-trusted',
    name: 'of a user',
    role: USER['role-to-assume'],
    policy: awsTrust(HUB),
    inputs: USER,
    says: 'user/ci',
  },
  {
    first: 'caller-permission',
    inputs: CHAIN,
    world: (world) =>
      Object.assign(roleOf(world, HUB), {
        permissions: { Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Resource: OTHER_SPOKE }] },
      }),
    elsewhere: true,
  },
  {
    first: 'external-id-wrong',
    role: SPOKE,
    policy: awsTrust(HUB, '7b1f'),
    inputs: { ...CHAIN, 'role-external-id': 'ffff' },
  },
  {
    first: 'tag-session',
    role: SPOKE,
    policy: { Statement: [{ Effect: 'Allow', Principal: { AWS: HUB }, Action: 'sts:AssumeRole' }] },
    inputs: { ...CHAIN, 'role-skip-session-tagging': 'false' },
  },
  {
    first: 'source-identity',
    role: SPOKE,
    policy: {
      Statement: [{ Effect: 'Allow', Principal: { AWS: HUB }, Action: ['sts:AssumeRole', 'sts:TagSession'] }],
    },
    inputs: { ...CHAIN, 'source-identity': 'octocat' },
  },
];

/** The policy is in the workspace. The run fails before it calls AWS, and names the condition at fault. */
const FILED: readonly Scenario[] = [
  { first: 'wildcard-under-equals', policy: subject('repo:octo-org/octo-app:*') },
  { first: 'letter-case', policy: subject('repo:Octo-Org/octo-app:ref:refs/heads/main') },
  {
    first: 'environment-subject',
    policy: subject('repo:octo-org/octo-app:ref:refs/heads/*', 'StringLike'),
    job: { environment: 'production' },
  },
  {
    first: 'other-environment',
    policy: subject('repo:octo-org/octo-app:environment:staging'),
    job: { environment: 'production' },
  },
  { first: 'pull-request-subject', policy: subject(MAIN), job: { eventName: 'pull_request' } },
  { first: 'tag-ref', policy: subject(MAIN), job: { ref: 'refs/tags/v1' } },
  {
    first: 'branch',
    policy: subject(MAIN),
    job: { ref: 'refs/heads/feature' },
    says: 'found repo:octo-org/octo-app:ref:refs/heads/feature',
  },
  { first: 'other-repository', policy: subject('repo:octo-org/other:*', 'StringLike') },
  {
    first: 'immutable-subject',
    policy: subject('repo:octo-org/octo-app:*', 'StringLike'),
    job: { immutableSubject: true },
  },
  { first: 'name-subject', policy: subject('repo:octo-org@9919/octo-app@74:*', 'StringLike') },
  {
    first: 'customised-subject',
    policy: subject(MAIN),
    job: { subjectClaimKeys: ['repository_id', 'context'], mayReadTemplate: true },
    says: 'made of repository_id, context',
  },
  {
    first: 'audience-condition',
    policy: tokens({ StringEquals: { [`${GITHUB}:aud`]: 'https://github.com/octo-org', [SUB]: MAIN } }),
  },
  {
    first: 'action-not-allowed',
    policy: tokens({ StringEquals: { ...AUD, [SUB]: MAIN } }, { Action: 'sts:AssumeRole' }),
  },
  {
    first: 'account-of-provider',
    policy: tokens(
      { StringEquals: { ...AUD, [SUB]: MAIN } },
      { Principal: { Federated: PROVIDER.replace('111111111111', '222222222222') } },
    ),
  },
  {
    first: 'partition-of-provider',
    policy: tokens(
      { StringEquals: { ...AUD, [SUB]: MAIN } },
      { Principal: { Federated: PROVIDER.replace('arn:aws:', 'arn:aws-cn:') } },
    ),
  },
  {
    first: 'issuer-of-provider',
    policy: tokens(
      { StringEquals: { ...AUD, [SUB]: MAIN } },
      { Principal: { Federated: 'arn:aws:iam::111111111111:oidc-provider/gitlab.com' } },
    ),
  },
  {
    first: 'explicit-deny',
    policy: {
      Statement: [
        ...[subject(MAIN).Statement].flat(),
        {
          Sid: 'NotOnMain',
          Effect: 'Deny',
          Principal: '*',
          Action: 'sts:*',
          Condition: { StringLike: { [SUB]: '*:ref:refs/heads/main' } },
        },
      ],
    },
    says: 'NotOnMain of the trust policy denies this run',
  },
  {
    first: 'claim-not-passed-on',
    policy: tokens({ StringEquals: { ...AUD, [SUB]: MAIN, [`${GITHUB}:repository_owner`]: 'octo-org' } }),
    undecided: true,
  },
  {
    first: 'claim-absent',
    policy: tokens({ StringEquals: { ...AUD, [SUB]: MAIN, [`${GITHUB}:environment`]: 'production' } }),
    says: 'Use an environment in the job',
  },
  {
    first: 'claim-absent',
    name: 'under ForAnyValue',
    policy: tokens({
      StringEquals: { ...AUD, [SUB]: MAIN },
      'ForAnyValue:StringLike': { [`${GITHUB}:amr`]: '*' },
    }),
  },
  {
    first: 'claim-value',
    policy: tokens({ StringEquals: { ...AUD, [SUB]: MAIN, [`${GITHUB}:actor`]: 'hubot' } }),
    says: 'wanted hubot; found octocat',
  },
  {
    first: 'reusable-workflow',
    policy: tokens({
      StringEquals: AUD,
      StringLike: { [`${GITHUB}:job_workflow_ref`]: 'octo-org/workflows/*' },
    }),
  },
  {
    first: 'session-name',
    policy: tokens({ StringEquals: { ...AUD, [SUB]: MAIN, 'sts:RoleSessionName': 'deploy' } }),
  },
  {
    first: 'tag-condition',
    name: 'on the value of a tag about the job',
    role: SPOKE,
    policy: taggedBy('sts:TagSession', { StringEquals: { 'aws:RequestTag/EventName': 'release' } }),
    inputs: TAGGED,
    says: 'StringEquals aws:RequestTag/EventName: release, and the request has push',
  },
  {
    first: 'tag-condition',
    name: 'on a tag that this event lacks',
    role: SPOKE,
    policy: taggedBy('sts:TagSession', { StringLike: { 'aws:RequestTag/HeadRef': '*' } }),
    inputs: { ...TAGGED, 'transitive-tag-keys': 'HeadRef' },
    says: 'and the request has no such tag',
  },
  {
    first: 'tag-condition',
    name: 'on the keys of tags',
    role: SPOKE,
    policy: taggedBy('sts:AssumeRole', { 'ForAnyValue:StringEquals': { 'aws:TagKeys': 'Team' } }),
    inputs: TAGGED,
  },
  {
    first: 'tag-condition',
    name: 'on the keys that are passed on',
    role: SPOKE,
    policy: taggedBy('sts:TagSession', { 'ForAllValues:StringEquals': { 'sts:TransitiveTagKeys': 'Team' } }),
    inputs: { ...TAGGED, 'transitive-tag-keys': 'RunId' },
    says: 'and the request has RunId',
  },
  {
    first: 'tag-condition',
    name: 'where no tags are sent',
    role: SPOKE,
    policy: taggedBy('sts:AssumeRole', {
      StringEquals: { 'aws:RequestTag/Repository': 'octo-org/octo-app' },
    }),
    inputs: { ...TAGGED, 'role-skip-session-tagging': 'true' },
    says: 'Remove role-skip-session-tagging',
  },
  {
    first: 'tag-condition',
    name: 'where a token is presented, which has none',
    policy: tokens({
      StringEquals: { ...AUD, [SUB]: MAIN, 'aws:RequestTag/Repository': 'octo-org/octo-app' },
    }),
    says: 'AssumeRoleWithWebIdentity sends no session tags',
  },
  {
    first: 'condition-not-evaluated',
    policy: tokens({ StringEquals: { ...AUD, [SUB]: MAIN, 'aws:SourceVpc': 'vpc-1' } }),
    says: 'StringEquals aws:SourceVpc: not evaluated',
    undecided: true,
  },
  {
    first: 'policy-not-as-filed',
    policy: subject('repo:octo-org/other:*', 'StringLike'),
    file: subject(MAIN),
  },
  { first: 'external-id-missing', role: SPOKE, policy: awsTrust(HUB, '7b1f'), inputs: CHAIN },
  { first: 'caller-not-trusted', role: SPOKE, policy: awsTrust(DEPLOY), inputs: CHAIN },
  {
    first: 'mfa-required',
    role: SPOKE,
    policy: {
      Statement: [
        {
          Effect: 'Allow',
          Principal: { AWS: HUB },
          Action: 'sts:AssumeRole',
          Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'true' } },
        },
      ],
    },
    inputs: CHAIN,
  },
];

function roleOf(world: World, arn: string): Role {
  const [, account = '', name] = /^arn:aws:iam::(\d+):role\/(.*)$/.exec(arn) ?? [];
  const role = world.accounts[account]?.roles.find((candidate) => candidate.name === name);
  if (role === undefined) throw new Error(`there is no role ${arn}`);
  return role;
}

/** The lines of the diagnosis, without the indent of the group. */
function diagnosisOf(
  { log }: StepResult,
  externalId = '',
): { causes: string[]; statement: Statement | undefined } {
  const causes = [...log.matchAll(/^ *\d+\. .* \[([a-z-]+)\]$/gm)].map(([, id]) => id ?? '');
  const json = /A trust policy statement for exactly this run\n((?: {4}.*\n?)+)/
    .exec(log)?.[1]
    ?.replace('EXTERNAL-ID', externalId);
  return { causes, statement: json === undefined ? undefined : (JSON.parse(json) as Statement) };
}

/** Whether STS issues a session of a role for the token of the lab's job, with these parameters. */
async function admits({ lab }: TestJob, role: string, audience: string, name = ''): Promise<boolean> {
  const body = new URLSearchParams({
    Action: 'AssumeRoleWithWebIdentity',
    Version: '2011-06-15',
    RoleArn: role,
    RoleSessionName: name,
    WebIdentityToken: await lab.oidc.mint(audience),
  });
  return (await fetch(lab.sts.url, { method: 'POST', body })).ok;
}

/** Makes the role, the job and STS as the scenario has them. */
function setScene({ lab, job }: TestJob, scenario: Scenario, role: string): void {
  if (scenario.policy !== undefined) roleOf(lab.world, role).trustPolicy = scenario.policy;
  scenario.world?.(lab.world);
  Object.assign(lab.oidc.job, scenario.job);
  job.environment = {
    ...job.environment,
    GITHUB_REPOSITORY: lab.oidc.job.repository,
    GITHUB_EVENT_NAME: lab.oidc.job.eventName,
  };
  if (scenario.fault !== undefined) lab.traffic.inject({ server: 'sts', ...scenario.fault });
}

async function play(context: TestJob, scenario: Scenario): Promise<void> {
  const { lab, job, uses } = context;
  const role = scenario.role ?? DEPLOY;
  setScene(context, scenario, role);
  const inputs: Record<string, string> = { ...MINIMAL, 'sts-fallback-regions': 'none', ...scenario.inputs };
  const filed = scenario.filed === true;
  const write = (name: string, policy: PolicyDocument) =>
    writeFile(path.join(job.workspace, name), JSON.stringify(policy));
  if (filed) {
    await write(
      'first.json',
      role === DEPLOY
        ? (scenario.file ?? scenario.policy ?? { Statement: [] })
        : roleOf(lab.world, HUB).trustPolicy,
    );
    await write('second.json', roleOf(lab.world, SPOKE).trustPolicy);
    inputs['trust-policy'] = role === DEPLOY ? 'first.json' : 'first.json\nsecond.json';
  }

  const denied = await uses(inputs);
  const message = errorOf(denied);
  expect(traces(denied)).toEqual(NO_TRACES);
  const { causes, statement } = diagnosisOf(denied, inputs['role-external-id']);
  expect(causes[0]).toBe(scenario.first);
  expect(message).toContain('likely: ');
  if (scenario.says !== undefined) expect(denied.log).toContain(scenario.says);
  const annotations = denied.commands.filter(({ command }) => command === 'error');
  expect(annotations).toHaveLength(1);
  expect(denied.log.match(/▼ Diagnosis: /g)).toHaveLength(1);
  if (filed && scenario.file === undefined && !scenario.undecided) {
    expect(message).toContain('[TRUST_POLICY_MISMATCH]');
    expect(lab.traffic.counts().sts).toBe(0);
  }
  if (scenario.elsewhere) return;

  expect(statement).toBeDefined();
  const corrected: PolicyDocument = { Version: '2012-10-17', Statement: statement ?? [] };
  roleOf(lab.world, role).trustPolicy = corrected;
  if (filed) await write(role === DEPLOY ? 'first.json' : 'second.json', corrected);
  expect((await uses(inputs)).exitCode).toBe(0);
  // Access keys work from every repository.
  if ('aws-access-key-id' in inputs) return;
  await assertAdmitsThisJobAlone(context, role === DEPLOY ? DEPLOY : HUB, inputs.audience);
}

/** Fails when the role does not trust the token of this job, or trusts that of another repository. */
async function assertAdmitsThisJobAlone(
  context: TestJob,
  role: string,
  audience = 'sts.amazonaws.com',
): Promise<void> {
  const { lab } = context;
  const sessionName = lab.traffic.requests.at(-1)?.parameters.RoleSessionName;
  expect(await admits(context, role, audience, sessionName)).toBe(true);
  Object.assign(lab.oidc.job, { repository: 'octo-org/stranger', repositoryId: '75' });
  expect(await admits(context, role, audience, sessionName)).toBe(false);
}

describe.each([
  ['by facts', UNSEEN, false],
  ['by the policy in the workspace', FILED, true],
] as const)('the true cause comes first, %s', (_, scenarios, filed) => {
  test.each(
    scenarios.map(
      (scenario) =>
        [`${scenario.first}${scenario.name === undefined ? '' : `, ${scenario.name}`}`, scenario] as const,
    ),
  )('%s', (_name, scenario) =>
    withJob({ ...scenario.lab, world: defaultWorld() }, (context) => play(context, { ...scenario, filed })),
  );
});

describe('the diagnosis does not show', () => {
  test('account IDs, when they are masked', () =>
    withJob({}, async ({ lab, uses }) => {
      roleOf(lab.world, DEPLOY).trustPolicy = subject('repo:octo-org/other:*');
      const step = await uses({ ...MINIMAL, 'mask-aws-account-id': 'true' });
      expect(step.log).toContain('arn:aws:iam::***:oidc-provider/');
      expect(step.log).not.toContain('111111111111');
    }));

  test('the external ID', () =>
    withJob({}, async ({ lab, uses }) => {
      roleOf(lab.world, SPOKE).trustPolicy = awsTrust(DEPLOY);
      const step = await uses({ ...MINIMAL, ...CHAIN, 'role-external-id': 'between-us-two' });
      expect(step.log).toMatch(/external ID: +14 characters/);
      expect(step.log).not.toContain('between-us-two');
    }));
});

test('each denied profile has a diagnosis, and one that failed because of its source has none', () =>
  withJob({}, async ({ lab, uses }) => {
    roleOf(lab.world, SPOKE).trustPolicy = awsTrust(DEPLOY);
    roleOf(lab.world, OTHER_SPOKE).trustPolicy = awsTrust(HUB, 'ours');
    const profiles = `[profile hub]\nrole_arn = ${HUB}\n[profile a]\nsource_profile = hub\nrole_arn = ${SPOKE}\n[profile b]\nsource_profile = hub\nrole_arn = ${OTHER_SPOKE}\nexternal_id = other\n[profile c]\nsource_profile = a\nrole_arn = ${OTHER_SPOKE}\n`;
    const step = await uses({ 'aws-region': 'eu-west-1', profiles });
    expect(step.log.match(/▼ Diagnosis: .*/g)).toEqual([
      `▼ Diagnosis: ${SPOKE}`,
      `▼ Diagnosis: ${OTHER_SPOKE}`,
    ]);
    expect(errorOf(step)).toMatch(
      /a, c: .*\n.*found: .*\n.*expected: .*\n.*likely: +the trust policy of .* does not name/,
    );
  }));

test('a fork has its own error, since it has no token', () =>
  withJob(
    {
      idToken: false,
      event: {
        pull_request: {
          head: { repo: { full_name: 'x/y' } },
          base: { repo: { full_name: 'octo-org/octo-app' } },
        },
      },
    },
    async ({ uses }) => {
      expect(errorOf(await uses(MINIMAL))).toContain('[OIDC_FORK]');
    },
  ));

test("a pull request's two sides are named", () =>
  withJob(
    {
      event: {
        pull_request: {
          head: { repo: { full_name: 'octo-org/octo-app' }, ref: 'feature' },
          base: { repo: { full_name: 'octo-org/octo-app' }, ref: 'main' },
        },
      },
    },
    async ({ lab, uses }) => {
      roleOf(lab.world, DEPLOY).trustPolicy = subject(MAIN);
      lab.oidc.job.eventName = 'pull_request';
      expect((await uses(MINIMAL)).log).toContain(
        'Pull request from octo-org/octo-app:feature into octo-org/octo-app:main',
      );
    },
  ));

test('behind a proxy the template is read too', () =>
  withJob({}, async ({ lab, job, uses }) => {
    // The toolkit does not use a proxy for loopback addresses, so the API has a name.
    const { port, pathname } = new URL(lab.oidc.apiUrl);
    const proxy = await startForwardProxy({ ports: { 'api.octo.example': Number(port) } });
    try {
      roleOf(lab.world, DEPLOY).trustPolicy = subject(MAIN);
      Object.assign(lab.oidc.job, { subjectClaimKeys: ['repository_id'], mayReadTemplate: true });
      const GITHUB_API_URL = `http://api.octo.example${pathname}`;
      const proxies = { HTTP_PROXY: proxy.url, HTTPS_PROXY: proxy.url };
      job.environment = { ...job.environment, ...proxies, GITHUB_API_URL };
      expect((await uses(MINIMAL)).log).toContain('made of repository_id');
      expect(proxy.requests.some((line) => line.includes('/actions/oidc/customization/sub'))).toBe(true);
    } finally {
      await proxy.close();
    }
  }));

describe('trust-policy', () => {
  const file = (context: TestJob, text: string) =>
    writeFile(path.join(context.job.workspace, 'trust.json'), text);

  test('in a dry run: the verdict and the risks, without a call to AWS', () =>
    withJob({}, async (context) => {
      await file(context, JSON.stringify(subject('repo:octo-org/*', 'StringLike')));
      const step = await context.uses({ ...MINIMAL, 'trust-policy': 'trust.json', 'dry-run': 'true' });
      expect(step.exitCode).toBe(0);
      expect(step.log).toContain(
        'The file in trust-policy allows sts:AssumeRoleWithWebIdentity for this run',
      );
      expect(step.log).toContain(
        'Warning: trust.json, statement 1: every repository of octo-org can assume the role, for example repo:octo-org/another-repository:ref:refs/heads/main',
      );
      expect(step.log).toContain(
        'Warning: trust.json, statement 1: pull requests, every branch, every tag and every environment can assume the role, for example repo:octo-org/octo-app:pull_request',
      );
      expect(step.log.match(/^Warning: /gm)).toHaveLength(2);
      expect(context.lab.traffic.counts()).toMatchObject({ oidc: 1, sts: 0 });
    }));

  test('the output of aws iam get-role is accepted, and STS decides what only AWS can evaluate', () =>
    withJob({}, async (context) => {
      const AssumeRolePolicyDocument = tokens({
        StringEquals: { ...AUD, [SUB]: MAIN },
        IpAddress: { 'aws:SourceIp': '10.0.0.0/8' },
      });
      await file(context, JSON.stringify({ Role: { AssumeRolePolicyDocument } }));
      const step = await context.uses({ ...MINIMAL, 'trust-policy': 'trust.json' });
      expect(step.exitCode).toBe(0);
      expect(step.log).toContain('may allow');
      expect(step.log).toContain('IpAddress aws:SourceIp: not evaluated');
    }));

  test.each([
    ['text that is not a JSON object', 'not JSON'],
    ['no Statement', '{}'],
    ['statement 1: an Effect other than Allow or Deny', '{"Statement":{"Effect":"allow"}}'],
    ['statement 1: no Action', '{"Statement":[{"Effect":"Allow"}]}'],
    ['no such file', undefined],
  ])('%s', (found, text) =>
    withJob({}, async (context) => {
      if (text !== undefined) await file(context, text);
      const message = errorOf(await context.uses({ ...MINIMAL, 'trust-policy': 'trust.json' }));
      expect(message).toContain('[TRUST_POLICY_UNREADABLE]');
      expect(message).toContain(found);
    }),
  );

  test('more files than roles, or keys in place of a token, are a problem of the input', () =>
    withJob({}, async ({ uses }) => {
      expect(errorOf(await uses({ ...MINIMAL, 'trust-policy': 'a\nb' }))).toContain('2 files for 1 role');
      expect(errorOf(await uses({ ...MINIMAL, ...USER, 'trust-policy': 'a' }))).toContain(
        'the identity static',
      );
    }));
});

describe('triggers that run the code of others with the rights of the repository', () => {
  test.each(['pull_request_target', 'workflow_run'])(
    '%s: one line of warning, which can be silenced',
    (eventName) =>
      withJob({ env: { GITHUB_EVENT_NAME: eventName } }, async ({ uses }) => {
        const step = await uses(MINIMAL);
        expect(step.log.match(/^Warning: .*$/gm)).toEqual([
          expect.stringContaining(`The event ${eventName} started this job`),
        ]);
        expect((await uses({ ...MINIMAL, 'warn-on-privileged-trigger': 'false' })).log).not.toContain(
          'Warning',
        );
      }),
  );

  test('not for others, and not when there are no credentials to get', () =>
    withJob({}, async ({ uses }) => {
      expect((await uses(MINIMAL)).log).not.toContain('Warning');
      const step = await uses(
        { ...MINIMAL, 'role-to-assume': `${DEPLOY}-x` },
        { env: { GITHUB_EVENT_NAME: 'pull_request_target' } },
      );
      expect(step.log).not.toContain('Warning');
    }));
});
