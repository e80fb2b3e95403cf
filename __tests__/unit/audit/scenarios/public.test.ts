import { afterAll, describe, expect, test } from '@jest/globals';
import type { JobIdentity } from '../../../../lab/issuer.ts';
import { LabCheck } from './lab-check.ts';
import { allow, GITHUB, policy, ROLE, reportOf, type TrustOptions, trust } from './scenario.ts';

const lab = new LabCheck();
afterAll(() => lab.close());

/** Jobs by a letter: what a policy for octo/app can be meant for, and what it can let in besides. */
const JOBS: Readonly<Record<string, Partial<JobIdentity>>> = {
  m: { ref: 'refs/heads/main' },
  b: { ref: 'refs/heads/another' },
  p: { ref: 'refs/pull/1/merge', eventName: 'pull_request' },
  t: { ref: 'refs/tags/v1' },
  e: { ref: 'refs/heads/main', environment: 'prod' },
  f: { ref: 'refs/heads/main', environment: 'prod-evil' },
  R: { repository: 'octo/other', repositoryId: '75' },
  X: { repository: 'octo/app-evil', repositoryId: '76' },
  Y: { repository: 'octo-evil/app', repositoryId: '77', ownerId: '9920' },
  O: { repository: 'stranger/app', repositoryId: '78', ownerId: '9921' },
};

const OWN: JobIdentity = {
  repository: 'octo/app',
  repositoryId: '74',
  ownerId: '9919',
  ref: 'refs/heads/main',
  eventName: 'push',
  actor: 'octocat',
  immutableSubject: false,
};

/** The letters of the jobs whose tokens the lab's STS takes. */
async function breadthOf(document: object, audience: string, server: string): Promise<string> {
  let letters = '';
  for (const [letter, job] of Object.entries(JOBS)) {
    const identity: JobIdentity = { ...OWN, ...job };
    const letIn = await lab.letsIn(identity, { server, role: ROLE, audience, policy: document, claims: {} });
    if (letIn === true) letters += letter;
  }
  return letters;
}

interface Public {
  readonly from: string;
  readonly policy: object;
  readonly breadth: string;
  readonly findings: readonly string[];
  readonly audience?: string;
  readonly server?: string;
}

const APP = 'repo:octo/app';
const both = (values: object): TrustOptions => ({
  conditions: values as NonNullable<TrustOptions['conditions']>,
});

/** What documentation, blogs, modules and questions show, in the words of this test. */
const PUBLIC: readonly Public[] = [
  {
    from: 'GitHub Docs, OIDC in AWS: one branch',
    policy: trust(`${APP}:ref:refs/heads/main`),
    breadth: 'm',
    findings: [],
  },
  {
    from: 'GitHub Docs, OIDC in AWS: the whole repository',
    policy: trust(`${APP}:*`),
    breadth: 'mbptef',
    findings: ['warning too-wide'],
  },
  {
    from: 'GitHub Docs, OIDC in AWS: one environment',
    policy: trust(`${APP}:environment:prod`),
    breadth: 'e',
    findings: [],
  },
  {
    from: 'GitHub Docs, OpenID Connect reference: pull requests',
    policy: trust(`${APP}:pull_request`),
    breadth: 'p',
    findings: [],
  },
  {
    from: 'GitHub Docs, OpenID Connect reference: one tag',
    policy: trust(`${APP}:ref:refs/tags/v1`),
    breadth: 't',
    findings: [],
  },
  {
    from: 'GitHub Docs, reusable workflows: the called workflow in a customised subject',
    policy: trust('repo:octo/*:job_workflow_ref:octo/shared/.github/workflows/deploy.yml@refs/heads/main'),
    breadth: '',
    findings: [],
  },
  {
    from: 'GitHub Docs, immutable subjects: both forms',
    policy: trust([`${APP}:ref:refs/heads/main`, 'repo:octo@9919/app@74:ref:refs/heads/main']),
    breadth: 'm',
    findings: [],
  },
  {
    from: 'GitHub Enterprise Server docs',
    policy: trust(`${APP}:ref:refs/heads/main`, { provider: 'ghe.octo.example/_services/token' }),
    server: 'https://ghe.octo.example',
    breadth: 'm',
    findings: [],
  },
  {
    from: 'IAM console, wizard with an organisation alone',
    policy: trust('repo:octo/*'),
    breadth: 'mbptefRX',
    findings: ['error too-wide', 'warning too-wide'],
  },
  {
    from: 'IAM console, wizard with organisation and repository',
    policy: trust(`${APP}:*`),
    breadth: 'mbptef',
    findings: ['warning too-wide'],
  },
  {
    from: 'IAM console, wizard with a branch',
    policy: trust(`${APP}:ref:refs/heads/main`, { operator: 'StringLike' }),
    breadth: 'm',
    findings: [],
  },
  {
    from: 'IAM User Guide, roles for OIDC: the wildcard after the name',
    policy: trust(`${APP}*`),
    breadth: 'mbptefX',
    findings: ['error too-wide', 'warning too-wide'],
  },
  {
    from: 'AWS Security Blog: branch in StringEquals',
    policy: trust(`${APP}:ref:refs/heads/main`, { operator: 'StringEquals' }),
    breadth: 'm',
    findings: [],
  },
  {
    from: 'configure-aws-credentials, README: template with a repository',
    policy: trust(`${APP}:*`, { aud: 'sts.amazonaws.com' }),
    breadth: 'mbptef',
    findings: ['warning too-wide'],
  },
  {
    from: 'terraform-aws-modules/iam, role for GitHub',
    policy: trust(`${APP}:*`, {
      aud: null,
      ...both({
        'ForAllValues:StringEquals': {
          [`${GITHUB}:iss`]: `https://${GITHUB}`,
          [`${GITHUB}:aud`]: 'sts.amazonaws.com',
        },
      }),
    }),
    breadth: 'mbptef',
    findings: ['warning too-wide', 'warning for-all-values', 'warning for-all-values'],
  },
  {
    from: 'philips-labs/terraform-aws-github-oidc: allow_main',
    policy: trust(`${APP}:ref:refs/heads/main`, { operator: 'StringLike' }),
    breadth: 'm',
    findings: [],
  },
  {
    from: 'philips-labs/terraform-aws-github-oidc: allow_environment',
    policy: trust([`${APP}:environment:prod`, `${APP}:environment:*`]),
    breadth: 'ef',
    findings: ['warning too-wide'],
  },
  {
    from: 'philips-labs/terraform-aws-github-oidc: deny_pull_request',
    policy: trust(`${APP}:*`, both({ StringNotLike: { [`${GITHUB}:sub`]: `${APP}:pull_request` } })),
    breadth: 'mbtef',
    findings: ['warning too-wide'],
  },
  {
    from: 'cloudposse, GitHub OIDC role: a list of repositories',
    policy: trust(['repo:octo/app:*', 'repo:octo/other:*']),
    breadth: 'mbptefR',
    findings: ['warning too-wide'],
  },
  {
    from: 'a module with ForAnyValue',
    policy: trust(`${APP}:*`, { operator: 'ForAnyValue:StringLike' }),
    breadth: 'mbptef',
    findings: ['warning too-wide'],
  },
  {
    from: 'a CDK construct with a filter for tags',
    policy: trust(`${APP}:ref:refs/tags/v*`),
    breadth: 't',
    findings: [],
  },
  {
    from: 'a guide to Serverless: all branches',
    policy: trust(`${APP}:ref:refs/heads/*`),
    breadth: 'mb',
    findings: ['warning too-wide'],
  },
  {
    from: 'security research: audience alone',
    policy: trust(undefined),
    breadth: 'mbptefRXYO',
    findings: ['error too-wide'],
  },
  {
    from: 'security research: repo:*',
    policy: trust('repo:*'),
    breadth: 'mbptefRXYO',
    findings: ['error too-wide'],
  },
  {
    from: 'security research: an owner without its slash',
    policy: trust('repo:octo*'),
    breadth: 'mbptefRXY',
    findings: ['error too-wide', 'warning too-wide'],
  },
  {
    from: 'security research: a repository without its colon',
    policy: trust('repo:octo/app*:ref:refs/heads/main'),
    breadth: 'mX',
    findings: ['error too-wide'],
  },
  {
    from: 'security research: an environment without its end',
    policy: trust(`${APP}:environment:prod*`),
    breadth: 'ef',
    findings: ['warning too-wide'],
  },
  {
    from: 'security research: anyone',
    policy: {
      Version: '2012-10-17',
      Statement: { Effect: 'Allow', Principal: '*', Action: 'sts:AssumeRoleWithWebIdentity' },
    },
    breadth: 'mbptefRXYO',
    findings: ['error too-wide', 'error too-wide', 'warning no-audience-condition'],
  },
  {
    from: 'a question: wildcard under StringEquals',
    policy: trust(`${APP}:*`, { operator: 'StringEquals' }),
    breadth: '',
    findings: ['error wildcard-in-equals'],
  },
  {
    from: 'a question: no repo: before the name',
    policy: trust('octo/app:*'),
    breadth: '',
    findings: ['error never-matches'],
  },
  {
    from: 'a question: the name of a branch without refs/heads',
    policy: trust(`${APP}:ref:main`),
    breadth: '',
    findings: ['error never-matches'],
  },
  {
    from: 'a question: sts:AssumeRole',
    policy: trust(`${APP}:*`, { action: 'sts:AssumeRole' }),
    breadth: '',
    findings: ['error wrong-action'],
  },
  {
    from: 'a question: repository_owner beside the subject',
    policy: trust('repo:octo/*', both({ StringEquals: { [`${GITHUB}:repository_owner`]: 'octo' } })),
    breadth: '',
    findings: ['warning too-wide', 'warning unsupported-claim', 'error too-wide'],
  },
  {
    from: 'AWS news of claims: repository_id in place of the subject',
    policy: trust(undefined, both({ StringEquals: { [`${GITHUB}:repository_id`]: '74' } })),
    breadth: 'mbptef',
    findings: ['warning too-wide'],
  },
  {
    from: 'AWS news of claims: environment beside the repository',
    policy: trust(
      undefined,
      both({ StringEquals: { [`${GITHUB}:repository`]: 'octo/app', [`${GITHUB}:environment`]: 'prod' } }),
    ),
    breadth: 'e',
    findings: [],
  },
  {
    from: 'AWS news of claims: ref with IfExists',
    policy: trust(`${APP}:*`, both({ StringEqualsIfExists: { [`${GITHUB}:ref`]: 'refs/heads/main' } })),
    breadth: 'mef',
    findings: ['warning too-wide'],
  },
  {
    from: 'a policy that denies all others',
    policy: policy(
      allow('repo:octo/*'),
      allow(undefined, {
        aud: null,
        effect: 'Deny',
        ...both({ StringNotLike: { [`${GITHUB}:sub`]: `${APP}:ref:refs/heads/main` } }),
      }),
    ),
    breadth: 'm',
    findings: [],
  },
  {
    from: 'a role for an instance and for GitHub',
    policy: policy(
      { Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' },
      allow(`${APP}:ref:refs/heads/main`),
    ),
    breadth: 'm',
    findings: [],
  },
];

describe('policies from public documentation and modules', () => {
  test.each(PUBLIC.map((one) => [one.from, one] as const))('%s', async (_from, one) => {
    const { server = 'https://github.com', audience = 'sts.amazonaws.com' } = one;
    const report = reportOf({ name: one.from, files: {}, policy: one.policy, server, rows: [] });
    // Every policy without IDs breaks some day; here it is about breadth.
    const findings = report.findings.filter(({ id }) => id !== 'immutable-break');
    expect({
      breadth: await breadthOf(one.policy, audience, server),
      findings: findings.map(({ severity, id }) => `${severity} ${id}`),
    }).toEqual({ breadth: one.breadth, findings: one.findings });
  });

  test('are at least 30', () => expect(PUBLIC.length).toBeGreaterThanOrEqual(30));

  test('whoever lets in another repository is found to be too wide, and nothing else is an error of breadth', () => {
    for (const { from, breadth, findings } of PUBLIC) {
      const isMeant = from.includes('a list of repositories');
      // STS is not known to read the claim; if it does, the policy is as wide as this.
      if (findings.includes('warning unsupported-claim')) continue;
      expect({ from, wide: findings.includes('error too-wide') }).toEqual({
        from,
        wide: /[RXYO]/.test(breadth) && !isMeant,
      });
    }
  });
});
