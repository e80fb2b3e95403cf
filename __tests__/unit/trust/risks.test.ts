import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { claimConditions } from '../../../src/trust/claim-conditions.ts';
import { parseTrustPolicy } from '../../../src/trust/document.ts';
import { evaluateTrust } from '../../../src/trust/evaluate.ts';
import { questionOfToken } from '../../../src/trust/questions.ts';
import { describeRisk, type Risk, type RiskId } from '../../../src/trust/risk.ts';
import { risksOf } from '../../../src/trust/risks.ts';
import { times } from '../../support/soak.ts';

const G = 'token.actions.githubusercontent.com';
const PROVIDER = `arn:aws:iam::111111111111:oidc-provider/${G}`;
const AUD = { [`${G}:aud`]: 'sts.amazonaws.com' };
const PULL: RiskId = 'pull-request-into-deploying-role';

type Conditions = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;

const claims = (values: Record<string, string | string[]>) =>
  Object.fromEntries(Object.entries(values).map(([claim, value]) => [`${G}:${claim}`, value]));
/** With the usual condition on the audience, and these values for the subject. */
const like = (...sub: string[]): Conditions => ({ StringEquals: AUD, StringLike: claims({ sub }) });
const equals = (...sub: string[]): Conditions => ({ StringEquals: { ...AUD, ...claims({ sub }) } });

const statement = (Condition: Conditions, more: object = {}) => ({
  Effect: 'Allow',
  Principal: { Federated: PROVIDER },
  Action: 'sts:AssumeRoleWithWebIdentity',
  Condition,
  ...more,
});

const TOKEN = {
  iss: `https://${G}`,
  aud: 'sts.amazonaws.com',
  sub: 'repo:octo-org/octo-app:ref:refs/heads/main',
  repository: 'octo-org/octo-app',
  repository_owner: 'octo-org',
  repository_id: '74',
  repository_owner_id: '9919',
  ref: 'refs/heads/main',
  event_name: 'push',
  actor: 'octocat',
  job_workflow_ref: 'octo-org/octo-app/.github/workflows/deploy.yml@refs/heads/main',
};

function risks(statements: object | readonly object[], token?: Record<string, unknown>): Risk[] {
  const policy = parseTrustPolicy(JSON.stringify({ Version: '2012-10-17', Statement: statements }));
  if ('unreadable' in policy) throw new Error(policy.unreadable);
  return risksOf(policy, token);
}
const idsOf = (found: readonly Risk[]) => found.map(({ id }) => id);

interface Case {
  readonly conditions: Conditions;
  readonly ids: readonly RiskId[];
  /** Words of the first problem. */
  readonly says?: string;
  /** The example of the first risk. */
  readonly example?: string;
  readonly more?: object;
}

/** Judged for no token and for a token of octo-org/octo-app, with the same result. */
const POLICIES: Readonly<Record<string, Case>> = {
  'one branch': { conditions: equals('repo:octo-org/octo-app:ref:refs/heads/main'), ids: [] },
  'one environment': { conditions: equals('repo:octo-org/octo-app:environment:prod'), ids: [] },
  'one environment, under StringLike': {
    conditions: like('repo:octo-org/octo-app:environment:prod'),
    ids: [],
  },
  'one branch with IDs': {
    conditions: equals('repo:octo-org@9919/octo-app@74:ref:refs/heads/main'),
    ids: [],
  },
  'release tags': { conditions: like('repo:octo-org/octo-app:ref:refs/tags/v*'), ids: [] },
  'a family of branches': { conditions: like('repo:octo-org/octo-app:ref:refs/heads/release/*'), ids: [] },
  'two repositories with similar names, named one by one': {
    conditions: like(
      'repo:octo-org/octo-app:ref:refs/heads/main',
      'repo:octo-org/octo-app-two:ref:refs/heads/main',
    ),
    ids: [],
  },
  'repository and ref by their claims': {
    conditions: { StringEquals: { ...AUD, ...claims({ repository_id: '74', ref: 'refs/heads/main' }) } },
    ids: [],
  },
  'one workflow at one ref': {
    conditions: {
      StringEquals: {
        ...AUD,
        ...claims({ job_workflow_ref: 'octo-org/octo-app/.github/workflows/deploy.yml@refs/heads/main' }),
      },
    },
    ids: [],
  },
  'a set operator whose claim Null requires': {
    conditions: {
      ...equals('repo:octo-org/octo-app:ref:refs/heads/main'),
      'ForAllValues:StringEquals': claims({ amr: 'x' }),
      Null: claims({ amr: 'false' }),
    },
    ids: [],
  },
  'every repository, from its own network only': {
    conditions: { ...like('repo:*'), IpAddress: { 'aws:SourceIp': '192.0.2.0/24' } },
    ids: [],
  },
  'every repository, and a session name that a caller chooses': {
    conditions: {
      StringEquals: AUD,
      StringLike: { ...claims({ sub: 'repo:*' }), 'sts:RoleSessionName': 'deploy-*' },
    },
    ids: ['too-wide'],
    says: 'every repository on GitHub',
  },
  'no subject': {
    conditions: { StringEquals: AUD },
    ids: ['too-wide'],
    says: 'every repository on GitHub can assume the role',
    example: 'repo:stranger/octo-app:ref:refs/heads/main',
  },
  'a negated subject only': {
    conditions: { StringEquals: AUD, StringNotLike: claims({ sub: 'repo:bad/*' }) },
    ids: ['too-wide'],
    says: 'every repository on GitHub',
  },
  'a subject that need not be there': {
    conditions: {
      StringEquals: AUD,
      StringEqualsIfExists: claims({ sub: 'repo:octo-org/octo-app:environment:x' }),
    },
    ids: ['too-wide'],
    says: `StringEqualsIfExists ${G}:sub is met by a token without that claim`,
  },
  'an environment that need not be there': {
    conditions: {
      StringEquals: AUD,
      StringLike: claims({ sub: 'repo:octo-org/octo-app:*' }),
      StringEqualsIfExists: claims({ environment: 'prod' }),
    },
    ids: [PULL],
    says: 'pull requests, every branch and every tag',
  },
  'an environment, which also keeps pull requests out': {
    conditions: {
      StringEquals: { ...AUD, ...claims({ environment: 'prod' }) },
      StringLike: claims({ sub: 'repo:octo-org/octo-app:*' }),
    },
    ids: [],
  },
  'any environment': {
    conditions: { ...like('repo:octo-org/octo-app:*'), Null: claims({ environment: 'false' }) },
    ids: ['too-wide'],
    says: 'every environment can assume the role',
  },
  'an environment of any repository': {
    conditions: like('repo:*:environment:prod'),
    ids: ['too-wide'],
    says: 'every repository on GitHub',
    example: 'repo:stranger/octo-app:environment:prod',
  },
  'every subject': { conditions: like('*'), ids: ['too-wide'], says: 'every repository on GitHub' },
  'every repository of an owner': {
    conditions: like('repo:octo-org/*:ref:refs/heads/main'),
    ids: ['too-wide'],
    says: 'every repository of octo-org',
    example: 'repo:octo-org/another-repository:ref:refs/heads/main',
  },
  'every repository of an owner with an ID': {
    conditions: like('repo:octo-org@9919/*:ref:refs/heads/main'),
    ids: ['too-wide'],
    says: 'every repository of octo-org',
    example: 'repo:octo-org@9919/another-repository@900002:ref:refs/heads/main',
  },
  'a twin of the owner': {
    conditions: like('repo:octo-org*/octo-app:ref:refs/heads/main'),
    ids: ['too-wide'],
    says: 'repositories of owners with a similar name',
    example: 'repo:octo-org-evil/octo-app:ref:refs/heads/main',
  },
  'a twin of the repository': {
    conditions: like('repo:octo-org/octo-app*:environment:prod'),
    ids: ['too-wide'],
    says: 'repositories of octo-org with a similar name',
    example: 'repo:octo-org/octo-app-two:environment:prod',
  },
  'a twin of the environment': {
    conditions: like('repo:octo-org/octo-app:environment:prod*'),
    ids: ['too-wide'],
    says: 'environments with a similar name',
    example: 'repo:octo-org/octo-app:environment:prod-two',
  },
  'a twin of the branch': {
    conditions: like('repo:octo-org/octo-app:ref:refs/heads/main*'),
    ids: ['too-wide'],
    says: 'branches with a similar name',
    example: 'repo:octo-org/octo-app:ref:refs/heads/main-two',
  },
  'every branch and tag': {
    conditions: like('repo:octo-org/octo-app:ref:*'),
    ids: ['too-wide'],
    says: 'every branch and every tag',
    example: 'repo:octo-org/octo-app:ref:refs/heads/another-branch',
  },
  'pull requests': {
    conditions: equals('repo:octo-org/octo-app:pull_request'),
    ids: [PULL],
    says: 'pull requests can assume the role',
    example: 'repo:octo-org/octo-app:pull_request',
  },
  'a wildcard that lets pull requests in': {
    conditions: like('repo:octo-org/octo-app:p*'),
    ids: [PULL],
    says: 'pull requests can assume the role',
  },
  'a customised subject without a repository': {
    conditions: equals('repository_owner:octo-org:environment:prod'),
    ids: ['too-wide'],
    says: 'every repository of octo-org',
    example: 'repository_owner:octo-org:environment:prod from octo-org/another-repository at refs/heads/main',
  },
  'a customised subject with an environment only': {
    conditions: equals('environment:prod'),
    ids: ['too-wide'],
    says: 'every repository on GitHub',
  },
  'a customised subject without ref, event or environment': {
    conditions: equals('repository_id:74'),
    ids: [PULL],
    says: 'pull requests, every branch, every tag and every environment',
  },
  'a customised subject with repository, environment and workflow': {
    conditions: like(
      'repo:octo-org/octo-app:environment:prod:job_workflow_ref:octo-org/shared/.github/workflows/d.yml@*',
    ),
    ids: [],
  },
  'no audience': {
    conditions: { StringEquals: claims({ sub: 'repo:octo-org/octo-app:ref:refs/heads/main' }) },
    ids: ['no-audience-condition'],
    says: 'no condition requires an audience',
  },
  'any audience': {
    conditions: {
      StringEquals: claims({ sub: 'repo:octo-org/octo-app:ref:refs/heads/main' }),
      StringLike: claims({ aud: '*' }),
    },
    ids: ['no-audience-condition'],
  },
  'an audience that need not be there': {
    conditions: {
      StringEquals: claims({ sub: 'repo:octo-org/octo-app:ref:refs/heads/main' }),
      StringEqualsIfExists: AUD,
    },
    ids: ['no-audience-condition'],
  },
  'a wildcard that is a plain character': {
    conditions: equals('repo:octo-org/octo-app:*'),
    ids: ['wildcard-in-equals'],
    says: 'compares * and ? as plain characters',
  },
  'a set operator': {
    conditions: {
      ...equals('repo:octo-org/octo-app:ref:refs/heads/main'),
      'ForAllValues:StringEquals': claims({ job_workflow_ref: 'x' }),
    },
    ids: ['for-all-values'],
    says: 'is met by a token without that claim',
  },
  'a set operator on the subject': {
    conditions: {
      StringEquals: AUD,
      'ForAllValues:StringLike': claims({ sub: 'repo:octo-org/octo-app:ref:refs/heads/main' }),
    },
    ids: ['for-all-values'],
  },
  'a ref without refs/heads': {
    conditions: equals('repo:octo-org/octo-app:ref:main'),
    ids: ['never-matches'],
    says: 'GitHub issues no token with the subject repo:octo-org/octo-app:ref:main',
  },
  'a branch without ref': {
    conditions: equals('repo:octo-org/octo-app:main', 'repo:octo-org/octo-app:refs/heads/main'),
    ids: ['never-matches', 'never-matches'],
  },
  'a misspelled event': {
    conditions: equals('repo:octo-org/octo-app:pull-request'),
    ids: ['never-matches'],
  },
  'a URL in place of the repository': {
    conditions: like('repo:https://github.com/octo-org/octo-app:*'),
    ids: ['never-matches'],
  },
  'an ID on one side only': {
    conditions: equals('repo:octo-org@9919/octo-app:ref:refs/heads/main'),
    ids: ['never-matches'],
  },
  'two conditions that no subject meets': {
    conditions: {
      StringEquals: { ...AUD, ...claims({ sub: 'repo:octo-org/octo-app:ref:refs/heads/main' }) },
      StringLike: claims({ sub: 'repo:octo-org/octo-app:environment:*' }),
    },
    ids: ['never-matches'],
    says: `no value meets all conditions on ${G}:sub`,
  },
  'a claim that GitHub does not have': {
    conditions: {
      StringEquals: {
        ...AUD,
        ...claims({ sub: 'repo:octo-org/octo-app:ref:refs/heads/main', branch: 'main' }),
      },
    },
    ids: ['never-matches'],
    says: `tokens of ${G} have no value for ${G}:branch`,
  },
  'a claim that STS may not read': {
    conditions: {
      StringEquals: {
        ...AUD,
        ...claims({ sub: 'repo:octo-org/octo-app:ref:refs/heads/main', repository_owner: 'octo-org' }),
      },
    },
    ids: ['unsupported-claim'],
    says: `AWS does not document the condition key ${G}:repository_owner`,
  },
  'everyone as principal': {
    conditions: equals('repo:octo-org/octo-app:ref:refs/heads/main'),
    more: { Principal: '*' },
    ids: ['too-wide'],
    says: 'Principal * names everyone',
  },
  'an enterprise server': {
    conditions: {
      StringEquals: { 'ghes.example/_services/token:aud': 'sts.amazonaws.com' },
      StringLike: { 'ghes.example/_services/token:sub': 'repo:octo-org/octo-app:*' },
    },
    more: {
      Principal: { Federated: 'arn:aws:iam::111111111111:oidc-provider/ghes.example/_services/token' },
    },
    ids: [PULL],
  },
};

/** Shapes that public documentation, modules and write-ups have, with names changed. */
const PUBLIC: Readonly<Record<string, Case>> = {
  'GitHub Docs: audience, and one branch': {
    conditions: equals('repo:octo-org/octo-app:ref:refs/heads/octo-branch'),
    ids: [],
  },
  'GitHub Docs, before 2022: set operators for both': {
    conditions: {
      'ForAllValues:StringEquals': {
        ...AUD,
        ...claims({ sub: 'repo:octo-org/octo-app:ref:refs/heads/octo-branch' }),
      },
    },
    ids: ['for-all-values', 'for-all-values'],
  },
  'GitHub Docs: any branch, pull request or environment of a repository': {
    conditions: like('repo:octo-org/octo-app:*'),
    ids: [PULL],
    says: 'pull requests, every branch, every tag and every environment can assume the role',
    example: 'repo:octo-org/octo-app:pull_request',
  },
  'the IAM console, for an organisation': {
    conditions: like('repo:octo-org/*'),
    ids: ['too-wide', PULL],
    says: 'every repository of octo-org can assume the role',
  },
  'research on misconfigured roles: the audience alone': {
    conditions: { StringEquals: AUD },
    ids: ['too-wide'],
  },
  'research on misconfigured roles: a branch of any repository, without an audience': {
    conditions: { StringLike: claims({ sub: 'repo:*/*:ref:refs/heads/deploy' }) },
    ids: ['too-wide', 'no-audience-condition'],
  },
  'research on role creation: a wide value behind a narrow one': {
    conditions: like('repo:octo-org/octo-app:ref:refs/heads/main', '*'),
    ids: ['too-wide'],
    says: 'every repository on GitHub',
  },
  'a Terraform example: main of any repository': {
    conditions: like('repo:*:ref:refs/heads/main'),
    ids: ['too-wide'],
    says: 'every repository on GitHub',
  },
  'a CDK example: any subject of any repository': { conditions: like('repo:*:*'), ids: ['too-wide'] },
  'a module of Terraform Registry: any subject of each repository, without an audience': {
    conditions: { StringLike: claims({ sub: ['repo:octo-org/octo-app:*', 'repo:octo-org/octo-lib:*'] }) },
    ids: [PULL, 'no-audience-condition'],
  },
  'a module of Terraform Registry: set operators for issuer and audience': {
    conditions: {
      'ForAllValues:StringEquals': claims({ iss: `http://${G}`, aud: 'sts.amazonaws.com' }),
      StringLike: claims({ sub: 'repo:octo-org/octo-app:*' }),
    },
    ids: [PULL, 'for-all-values', 'for-all-values'],
  },
  'a module of Terraform Registry: main, and no pull requests': {
    conditions: {
      ...like('repo:octo-org/octo-app:ref:refs/heads/main'),
      StringNotLike: claims({ sub: 'repo:octo-org/octo-app:pull_request' }),
    },
    ids: [],
  },
  'the same module: everything but pull requests': {
    conditions: {
      ...like('repo:octo-org/octo-app:*'),
      StringNotLike: claims({ sub: 'repo:octo-org/octo-app:pull_request' }),
    },
    ids: ['too-wide'],
    says: 'every branch, every tag and every environment',
  },
  'the same module: a subject that must not match': {
    conditions: like('a-text-that-matches-nothing'),
    ids: ['never-matches'],
  },
  'a module of Terraform Registry: a subject without repo:': {
    conditions: like('octo-org/octo-app:environment:dev'),
    ids: ['never-matches'],
  },
  'a blog post: main and pull requests share a role': {
    conditions: equals('repo:octo-org/octo-app:ref:refs/heads/main', 'repo:octo-org/octo-app:pull_request'),
    ids: [PULL],
    says: 'pull requests can assume the role',
  },
  'a set-up guide: any environment of a repository': {
    conditions: like('repo:octo-org/octo-app:environment:*'),
    ids: ['too-wide'],
    says: 'every environment',
  },
  'a Terraform example: a repository without ref, event or environment': {
    conditions: like('repo:octo-org/octo-app'),
    ids: [PULL],
    says: 'pull requests, every branch, every tag and every environment',
  },
  'a Terraform example: an environment, a branch and a family of branches': {
    conditions: like(
      'repo:octo-org/octo-app:environment:dev',
      'repo:octo-org/octo-app:ref:refs/heads/feature/infra',
      'repo:octo-org/octo-app:ref:refs/heads/deploy/*',
    ),
    ids: [],
  },
  'a Terraform example: any branch': {
    conditions: like('repo:octo-org/octo-app:ref:refs/heads/*'),
    ids: ['too-wide'],
    says: 'every branch can assume the role',
  },
  'a Terraform example: the repository by its claim, main and pull requests by the subject': {
    conditions: {
      StringEquals: { ...AUD, ...claims({ repository: 'octo-org/octo-app' }) },
      StringLike: claims({ sub: ['repo:*:ref:refs/heads/main', 'repo:*:pull_request'] }),
    },
    ids: [PULL],
    says: 'pull requests can assume the role',
  },
  'a Terraform example: IDs by their claims, and wildcards for them in the subject': {
    conditions: {
      StringEquals: { ...AUD, ...claims({ repository_owner_id: '9919', repository_id: '74' }) },
      StringLike: claims({ sub: 'repo:octo-org@*/octo-app@*:*' }),
    },
    ids: [PULL, 'unsupported-claim'],
  },
  'a CDK example: both forms of the subject by their start, and the IDs': {
    conditions: {
      StringEquals: { ...AUD, ...claims({ repository_id: '74' }) },
      StringLike: claims({ sub: ['repo:octo-org/*', 'repo:octo-org@*'] }),
    },
    ids: [PULL],
  },
  'a Terraform example: every workflow of a repository, without a subject': {
    conditions: {
      StringEquals: AUD,
      StringLike: claims({ job_workflow_ref: 'octo-org/octo-app/.github/workflows/*' }),
    },
    ids: [PULL],
  },
  'a shared workflow that every repository of the owner calls from main': {
    conditions: {
      StringEquals: AUD,
      StringLike: claims({
        sub: 'repo:octo-org/*:ref:refs/heads/main',
        job_workflow_ref: 'octo-org/shared/.github/workflows/deploy.yml@*',
      }),
    },
    ids: [],
  },
  'a guide: one bot, whatever the repository': {
    conditions: { StringEquals: { ...AUD, ...claims({ actor: 'deploy-action[bot]' }) } },
    ids: ['too-wide'],
    says: 'every repository on GitHub',
  },
  'a guide: the owner by a claim, without a subject': {
    conditions: { StringEquals: AUD, StringLike: claims({ repository_owner: 'octo-org' }) },
    ids: ['too-wide', PULL, 'unsupported-claim'],
    says: 'every repository of octo-org',
  },
  'a Terraform example: the provider misspelled in the key': {
    conditions: { StringEquals: { 'token.actions.githubuser.content.com:aud': 'sts.amazonaws.com' } },
    ids: ['never-matches'],
    says: 'have no value for token.actions.githubuser.content.com:aud',
  },
  'a Terraform example: a wildcard under StringEquals': {
    conditions: equals('repo:octo-org/*:ref:refs/heads/main'),
    ids: ['wildcard-in-equals'],
  },
};

describe.each([
  ['made up', POLICIES],
  ['as published', PUBLIC],
])('a policy, %s', (_, policies) => {
  describe.each([
    ['without a token', undefined],
    ['with a token', TOKEN],
  ])('%s', (__, token) => {
    test.each(Object.entries(policies))('%s', (_name, { conditions, more, ids, says, example }) => {
      const found = risks(statement(conditions, more), token);
      expect(idsOf(found)).toEqual(ids);
      if (says !== undefined) expect(found[0]?.problem).toContain(says);
      if (example !== undefined) expect(found[0]?.example).toBe(example);
    });
  });
});

test('there are as many policies as the judgement of breadth is tried with', () => {
  expect(Object.keys(POLICIES).length + Object.keys(PUBLIC).length).toBeGreaterThanOrEqual(70);
  expect(Object.keys(PUBLIC).length).toBeGreaterThanOrEqual(20);
});

describe('every example gets in', () => {
  const role = { arn: '', partition: 'aws', accountId: '111111111111', path: '/', name: 'x' };
  const request = {
    operation: 'AssumeRoleWithWebIdentity',
    role,
    sessionName: 'deploy-1',
    duration: { kind: 'seconds', seconds: 900 },
    inlinePolicy: undefined,
    policyArns: [],
  } as const;
  /** How many examples a policy has, after each got in by its subject. */
  const admitted = (conditions: Conditions): number => {
    const policy = parseTrustPolicy(
      JSON.stringify({ Version: '2012-10-17', Statement: statement(conditions) }),
    );
    if ('unreadable' in policy) throw new Error(policy.unreadable);
    const examples = risksOf(policy, undefined).flatMap(({ example }) => example ?? []);
    for (const example of examples) {
      const [sub] = example.split(' from ');
      const outsider = { iss: `https://${G}`, aud: 'sts.amazonaws.com', sub };
      expect(evaluateTrust(policy, questionOfToken(request, outsider)).decision).toBe('allowed');
    }
    return examples.length;
  };

  test('of the policies above', () => {
    const all = [...Object.values(POLICIES), ...Object.values(PUBLIC)];
    const bySubject = all.filter(({ conditions, more }) => {
      const keys = Object.values(conditions).flatMap((block) => Object.keys(block));
      return more === undefined && keys.every((key) => key.endsWith(':sub') || key.endsWith(':aud'));
    });
    const count = bySubject.reduce((sum, { conditions }) => sum + admitted(conditions), 0);
    expect(count).toBeGreaterThan(25);
  });

  test('of drawn policies', () => {
    const part = fc.constantFrom(
      'repo',
      'octo',
      '-org',
      'app',
      '/',
      ':',
      '*',
      '?',
      '@',
      '1',
      'ref',
      'refs/heads/',
    );
    const rest = fc.constantFrom(
      'main',
      'environment',
      'prod',
      'pull_request',
      'refs/tags/',
      'v1',
      '$',
      '${*}',
    );
    const drawn = fc.array(fc.oneof(part, rest), { maxLength: 9 }).map((parts) => parts.join(''));
    const value = fc.oneof(
      drawn,
      drawn.map((text) => `repo:octo-org/${text}`),
      drawn.map((text) => `repo:octo-org/octo-app:${text}`),
    );
    let count = 0;
    let runs = 0;
    fc.assert(
      fc.property(
        fc.array(value, { minLength: 1, maxLength: 3 }),
        fc.constantFrom('StringLike', 'StringEquals', 'ForAnyValue:StringLike', 'StringNotLike'),
        (sub, operator) => {
          runs++;
          count += admitted({ [operator]: claims({ sub }), Null: claims({ aud: 'false' }) });
        },
      ),
      { numRuns: times(600, 3000) },
    );
    expect(count).toBeGreaterThan(runs / 3.3);
  });
});

describe('the token at hand', () => {
  const WITH_IDS = { ...TOKEN, sub: 'repo:octo-org@9919/octo-app@74:ref:refs/heads/main' };

  test('has IDs that the policy lacks', () => {
    const named = statement(equals('repo:octo-org/octo-app:ref:refs/heads/main'));
    const [risk] = risks(named, WITH_IDS);
    expect(idsOf(risks(named, WITH_IDS))).toEqual(['immutable-break']);
    expect(risk?.problem).toContain('without IDs');
    expect(risk?.problem).toContain('repo:octo-org@9919/octo-app@74:ref:refs/heads/main');
    expect(risks(statement(equals('repo:octo-org@9919/octo-app@74:ref:refs/heads/main')), WITH_IDS)).toEqual(
      [],
    );
  });

  test('has IDs, and the policy names both forms', () => {
    const names = equals('repo:octo-org/octo-app:environment:prod');
    const ids = equals('repo:octo-org@9919/octo-app@74:environment:prod');
    expect(idsOf(risks(statement(names), WITH_IDS))).toEqual(['immutable-break']);
    expect(risks([statement(names), statement(ids)], WITH_IDS)).toEqual([]);
  });

  test('has IDs, and the policy names another repository', () =>
    expect(risks(statement(equals('repo:octo-org/other:ref:refs/heads/main')), WITH_IDS)).toEqual([]));

  test('has IDs, and the statement never allowed its repository', () => {
    const other = {
      StringEquals: {
        ...AUD,
        ...claims({ sub: 'repo:octo-org/octo-app:ref:refs/heads/main', repository_id: '75' }),
      },
    };
    expect(risks(statement(other), WITH_IDS)).toEqual([]);
  });

  test('has no IDs, as the policy', () =>
    expect(risks(statement(equals('repo:octo-org/octo-app:environment:prod')), TOKEN)).toEqual([]));

  test('is of a pull request, and the role is not for one subject', () => {
    const own = { ...TOKEN, sub: 'repo:octo-org/octo-app:pull_request', event_name: 'pull_request' };
    const ofRepository = { StringEquals: { ...AUD, ...claims({ repository: 'octo-org/octo-app' }) } };
    expect(idsOf(risks(statement(ofRepository), own))).toEqual([PULL]);
  });

  test('is of a pull request, for which the role is', () => {
    const own = { ...TOKEN, sub: 'repo:octo-org/octo-app:pull_request', event_name: 'pull_request' };
    expect(risks(statement(equals('repo:octo-org/octo-app:pull_request')), own)).toEqual([]);
    const shared = equals('repo:octo-org/octo-app:pull_request', 'repo:octo-org/octo-app:environment:prod');
    expect(idsOf(risks(statement(shared), own))).toEqual([PULL]);
  });

  test('belongs to a repository whose workflow calls the one that the policy names', () => {
    const shared = {
      StringEquals: {
        ...AUD,
        ...claims({ job_workflow_ref: 'octo-org/shared/.github/workflows/deploy.yml@refs/heads/main' }),
      },
    };
    expect(risks(statement(shared))).toEqual([]);
    const called = {
      ...TOKEN,
      job_workflow_ref: 'octo-org/shared/.github/workflows/deploy.yml@refs/heads/main',
    };
    expect(idsOf(risks(statement(shared), called))).toEqual([PULL]);
  });
});

describe('the provider', () => {
  const at = (...names: readonly string[]) =>
    names.map((name) => `arn:aws:iam::111111111111:oidc-provider/${name}`);
  /** The IDs for a statement that requires an audience of this provider. */
  const idsWith = (Federated: readonly string[], provider: string, token?: Record<string, unknown>) => {
    const Condition = { StringEquals: { [`${provider}:aud`]: 'sts.amazonaws.com' } };
    return idsOf(risks(statement(Condition, { Principal: { Federated } }), token));
  };

  test.each([
    G,
    `${G}/octo`,
    'octo.ghe.com',
    'octo.ghe.com/x',
    'ghes.example/_services/token',
    G.toUpperCase(),
  ])("%s has GitHub's tokens", (provider) => {
    expect(idsWith(at('oidc.example', provider), provider)).toEqual(['too-wide']);
    expect(idsWith([provider], provider)).toEqual(['too-wide']);
  });

  test.each([
    'oidc.example',
    `x.${G}`,
    `${G}.example`,
    'octo.ghe.community',
    'octo-ghe.com',
    'ghes.example/_services/token/x',
    'ghes.example/services/token',
    `oidc.example/${G}`,
  ])('%s is of another kind', (provider) => expect(idsWith(at(provider), provider)).toEqual([]));

  test('of the token at hand comes first, whatever its name', () => {
    const token = { ...TOKEN, iss: 'https://oidc.example' };
    expect(idsWith(at(G, 'OIDC.example'), 'oidc.example', token)).toEqual(['too-wide']);
    expect(idsWith(at(G, 'oidc.example'), G, token)).toEqual(['never-matches']);
    expect(idsWith(at(G), G, token)).toEqual(['too-wide']);
    expect(idsWith(at('oidc.example'), 'oidc.example')).toEqual([]);
  });

  test('of everyone is that of the token at hand, or of GitHub', () => {
    const token = { ...TOKEN, iss: 'https://oidc.example' };
    const names = ['*'];
    expect(idsWith(names, G)).toEqual(['too-wide', 'too-wide']);
    expect(idsWith(names, 'oidc.example', token)).toEqual(['too-wide', 'too-wide']);
    const [everyone] = risks(statement(equals(TOKEN.sub), { Principal: { Federated: '*' } }));
    expect(everyone).toEqual({
      statement: 'statement 1',
      id: 'too-wide',
      problem: 'Principal * names everyone',
      remedy: "Name the identity provider's ARN as Federated.",
    });
  });
});

describe('the words for breadth', () => {
  const first = (conditions: Conditions, token?: Record<string, unknown>) =>
    risks(statement(conditions), token)[0];

  test('name the owner that a condition names', () => {
    const named = like('repo:octo-org/*:ref:refs/heads/main', 'repo:hubot/app:ref:refs/heads/main');
    expect(first(named)?.problem).toBe('every repository of octo-org can assume the role');
    const byId = {
      StringEquals: { ...AUD, ...claims({ repository_owner_id: '9919' }) },
      StringLike: claims({ sub: 'repo:*:ref:refs/heads/main' }),
    };
    expect(first(byId, TOKEN)?.problem).toBe('every repository of the owner can assume the role');
  });

  test('join several groups', () => {
    const twins = like('repo:octo-org*/octo-app*:ref:refs/heads/main*');
    expect(risks(statement(twins)).map(({ problem }) => problem)).toEqual([
      'repositories of owners with a similar name and repositories of octo-org with a similar name can assume the role',
      'branches with a similar name can assume the role',
    ]);
  });

  test('advise a role of its own for pull requests', () => {
    const remedy = 'Name branches, tags or environments in the condition on the subject.';
    expect(first(like('repo:octo-org/octo-app:ref:*'))?.remedy).toBe(remedy);
    expect(first(equals('repo:octo-org/octo-app:pull_request'))?.remedy).toBe(
      `${remedy} Create a read-only role for pull requests.`,
    );
  });

  test('advise an operator that requires the claim', () => {
    const environment = claims({ environment: 'prod' });
    const loose = { StringEquals: AUD, 'ForAnyValue:StringLikeIfExists': claims({ sub: TOKEN.sub }) };
    expect(first(loose)).toEqual({
      statement: 'statement 1',
      id: 'too-wide',
      key: `${G}:sub`,
      problem: `ForAnyValue:StringLikeIfExists ${G}:sub is met by a token without that claim`,
      remedy: 'Use ForAnyValue:StringLike.',
    });
    const required = { ...loose, Null: claims({ sub: 'false' }) };
    expect(risks(statement(required))).toEqual([]);
    const superfluous = { ...equals(TOKEN.sub), StringEqualsIfExists: environment };
    expect(risks(statement(superfluous))).toEqual([]);
  });
});

describe('jobs that a statement names', () => {
  test('of a repository with a similar name are no outsiders, whatever they do', () => {
    const both = like('repo:octo-org/octo-app:environment:prod', 'repo:octo-org/octo-app-two:*');
    expect(risks(statement(both)).map(({ problem }) => problem)).toEqual([
      'pull requests, every branch, every tag and every environment can assume the role',
    ]);
  });

  test('are those of the statement, and not of another one', () => {
    const main = 'repo:octo-org/another-repository:ref:refs/heads/main';
    const wide = statement(like('repo:octo-org/*:ref:refs/heads/main'), { Sid: 'Wide' });
    const found = risks([statement(equals(main), { Sid: 'Narrow' }), wide]);
    expect(found.map((risk) => `${risk.statement}: ${risk.problem}`)).toEqual([
      'Wide: every repository of octo-org can assume the role',
    ]);
  });
});

describe('the rest of the policy', () => {
  const wide = statement(like('repo:*'));

  test('denies the outsiders', () => {
    const deny = (sub: string) => ({
      Effect: 'Deny',
      Principal: '*',
      Action: '*',
      Condition: { StringNotLike: claims({ sub }) },
    });
    expect(risks([wide, deny('repo:octo-org/octo-app:environment:prod')])).toEqual([]);
    expect(risks([wide, deny('repo:octo-org/*:environment:prod')])[0]?.problem).toContain(
      'every repository of octo-org',
    );
  });

  test('denies what a caller can avoid', () => {
    const avoidable = {
      Effect: 'Deny',
      Principal: '*',
      Action: '*',
      Condition: { StringNotEquals: { 'aws:RequestedRegion': 'eu-west-1' } },
    };
    expect(idsOf(risks([wide, avoidable]))).toEqual(['too-wide']);
    const Condition = {
      StringNotLike: claims({ sub: 'repo:octo-org/octo-app:environment:prod' }),
      StringNotEquals: { 'AWS:RequestedRegion': 'eu-west-1' },
    };
    expect(idsOf(risks([wide, { ...avoidable, Condition }]))).toEqual(['too-wide']);
  });

  test('has statements without a risk', () =>
    expect(
      risks([
        statement({}, { Sid: 'Chain', Action: 'sts:AssumeRole', Principal: { AWS: PROVIDER } }),
        statement({}, { Action: 'sts:*', Principal: { AWS: 'arn:aws:iam::111111111111:root' } }),
        statement(
          {},
          { Principal: { Federated: 'arn:aws:iam::111111111111:oidc-provider/oidc.eks.example' } },
        ),
        { ...wide, Effect: 'Deny', Principal: { Federated: 'x' } },
        statement({}, { Action: 'sts:AssumeRole' }),
        { ...wide, Sid: 'Wide' },
      ]).map((risk) => `${risk.statement} ${risk.id}`),
    ).toEqual(['Wide too-wide']));
});

test('a risk without an example in one line', () =>
  expect(
    describeRisk({ id: 'never-matches', statement: 'Deploy', problem: 'it is odd', remedy: 'Remove it.' }),
  ).toBe('Deploy: it is odd. Remove it. [never-matches]'));

test('conditions on claims of a provider', () => {
  const condition = (key: string) => ({ operator: 'StringEquals', key, values: ['x'] });
  const conditions = [`${G.toUpperCase()}:SUB`, 'gitlab.example:sub', `${G}/octo:sub`, 'aws:x', `${G}:aud`];
  expect(
    claimConditions(
      {
        label: '',
        effect: 'Allow',
        principal: '*',
        actions: [],
        notActions: false,
        conditions: conditions.map(condition),
      },
      G,
    ),
  ).toEqual([
    { ...condition(`${G.toUpperCase()}:SUB`), claim: 'sub' },
    { ...condition(`${G}:aud`), claim: 'aud' },
  ]);
});

test('a risk in one line', () => {
  const [risk] = risks(statement(like('repo:octo-org/octo-app:ref:refs/heads/*')));
  expect(risk && describeRisk(risk)).toBe(
    'statement 1: every branch can assume the role, for example repo:octo-org/octo-app:ref:refs/heads/another-branch. Name branches, tags or environments in the condition on the subject. [too-wide]',
  );
});
