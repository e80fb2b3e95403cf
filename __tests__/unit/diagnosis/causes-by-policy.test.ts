import { describe, expect, test } from '@jest/globals';
import { causesByVerdict } from '../../../src/diagnosis/causes/by-policy.ts';
import type { Denial } from '../../../src/diagnosis/causes/denial.ts';
import type { Claims } from '../../../src/identity/claims.ts';
import { parseTrustPolicy } from '../../../src/trust/document.ts';
import { evaluateTrust } from '../../../src/trust/evaluate.ts';
import { questionOfToken, questionsOfAssumeRole } from '../../../src/trust/questions.ts';
import { CALLER, deniedCaller, deniedToken, HUB, MAIN, ROLE } from './denials.ts';

const GITHUB = 'token.actions.githubusercontent.com';
const SUB = `${GITHUB}:sub`;
const PROVIDER = `arn:aws:iam::111111111111:oidc-provider/${GITHUB}`;
const RIGHT = { [`${GITHUB}:aud`]: 'sts.amazonaws.com' };

interface Statement {
  readonly Effect?: string;
  readonly Principal?: unknown;
  readonly Action?: unknown;
  readonly Condition?: unknown;
}

const forTokens = (Condition: unknown, more: Statement = {}): Statement => ({
  Effect: 'Allow',
  Principal: { Federated: PROVIDER },
  Action: 'sts:AssumeRoleWithWebIdentity',
  Condition,
  ...more,
});
const forHub = (Condition: unknown, more: Statement = {}): Statement => ({
  Effect: 'Allow',
  Principal: { AWS: HUB },
  Action: ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity'],
  Condition,
  ...more,
});

/** The causes that a policy shows for a denial. */
function causes(denial: Denial, ...statements: readonly Statement[]) {
  const policy = parseTrustPolicy(JSON.stringify({ Version: '2012-10-17', Statement: statements }));
  if ('unreadable' in policy) throw new Error(policy.unreadable);
  const { request, claims } = denial;
  const questions =
    claims === undefined && request.operation === 'AssumeRole'
      ? questionsOfAssumeRole(request, CALLER)
      : [questionOfToken(request, claims ?? {})];
  const verdicts = questions.map((question) => evaluateTrust(policy, question));
  const verdict = verdicts.find(({ decision }) => decision === 'denied') ?? verdicts[0];
  if (verdict === undefined) throw new Error('there is no question');
  return causesByVerdict(verdict, denial);
}
const ids = (...args: Parameters<typeof causes>) => causes(...args).map(({ id }) => id);
const subject = (value: string | readonly string[], operator = 'StringEquals') =>
  operator === 'StringEquals'
    ? forTokens({ StringEquals: { ...RIGHT, [SUB]: value } })
    : forTokens({ StringEquals: RIGHT, [operator]: { [SUB]: value } });

describe('the subject', () => {
  const ENVIRONMENT: Claims = { environment: 'p', sub: 'repo:octo-org/octo-app:environment:p' };
  const WITH_IDS: Claims = { sub: 'repo:octo-org@9919/octo-app@74:ref:refs/heads/main' };
  const TAG: Claims = { ref: 'refs/tags/v1', sub: 'repo:octo-org/octo-app:ref:refs/tags/v1' };

  test.each<[string, Claims, string | readonly string[], string, RegExp]>([
    ['wildcard-under-equals', {}, 'repo:octo-org/octo-app:*', '', /StringEquals, which compares/],
    ['wildcard-under-equals', {}, 'repo:octo-org/octo-app:ref:refs/heads/mai?', '', /\* or \?/],
    ['wildcard-under-equals', {}, '*', '', /\* or \?/],
    ['wildcard-under-equals', {}, '*', 'StringEqualsIgnoreCase', /under StringEqualsIgnoreCase, which/],
    ['letter-case', {}, 'repo:Octo-Org/octo-app:ref:refs/heads/main', '', new RegExp(MAIN)],
    ['letter-case', {}, 'repo:Octo-Org/octo-app:*', 'StringLike', new RegExp(MAIN)],
    ['customised-subject', { sub: 'repository_id:74' }, MAIN, '', /customised: repository_id:74/],
    ['other-repository', {}, 'repo:octo-org/other:ref:refs/heads/main', '', /allows repo:octo-org\/other:/],
    ['subject', {}, ['repository_owner:octo-org', 'x'], '', /allows repository_owner:octo-org or x, and/],
    ['immutable-subject', WITH_IDS, MAIN, '', /octo-org\/octo-app without them/],
    ['name-subject', {}, 'repo:octo-org@9919/octo-app@74:ref:refs/heads/main', '', /has only their names/],
    [
      'pull-request-subject',
      { event_name: 'pull_request', sub: 'repo:octo-org/octo-app:pull_request' },
      MAIN,
      '',
      /pull_request$/,
    ],
    ['environment-subject', ENVIRONMENT, MAIN, '', /the environment p, /],
    [
      'other-environment',
      ENVIRONMENT,
      ['repo:octo-org/octo-app:environment:q', MAIN],
      '',
      /allows environment:q or ref:refs\/heads\/main, and the job uses the environment p$/,
    ],
    ['tag-ref', TAG, MAIN, '', /the tag v1, /],
    [
      'branch',
      TAG,
      'repo:octo-org/octo-app:ref:refs/tags/v2',
      '',
      /allows ref:refs\/tags\/v2, and this run is for ref:refs\/tags\/v1$/,
    ],
    [
      'branch',
      {},
      'repo:octo-org/octo-app:ref:refs/heads/dev',
      '',
      /allows ref:refs\/heads\/dev, and this run is for ref:refs\/heads\/main$/,
    ],
    ['branch', {}, 'repo:octo-org/octo-app:environment:q', '', /allows environment:q, and/],
    [
      'branch',
      TAG,
      ['repo:octo-org/octo-app:ref:refs/tags/v2', MAIN],
      '',
      /allows ref:refs\/tags\/v2 or ref:refs\/heads\/main, and/,
    ],
    ['wildcard-under-equals', {}, ['repo:octo-org/octo-app:*', 'x'], '', /StringEquals, which compares/],
    ['letter-case', {}, ['x', 'repo:Octo-Org/octo-app:ref:refs/heads/main'], '', new RegExp(MAIN)],
    ['letter-case', {}, 'repo:Octo-Org/octo-app:r*', 'StringLike', new RegExp(MAIN)],
  ])('%s', (id, claims, value, operator, why) => {
    const [first, ...others] = causes(deniedToken(claims), subject(value, operator || 'StringEquals'));
    expect(others).toEqual([]);
    expect(first?.id).toBe(id);
    expect(first?.why).toMatch(why);
  });

  test('of the repository is found by a pattern for the owner, too', () => {
    expect(ids(deniedToken(), subject('repo:octo-org/*:ref:refs/heads/dev', 'StringLike'))).toEqual([
      'branch',
    ]);
  });

  test('a value without a wildcard in the other form is not taken for one that has it', () => {
    expect(ids(deniedToken(), subject([MAIN.replace('main', 'dev'), '*x'], 'StringLike'))).toEqual([
      'branch',
    ]);
  });

  test('with wildcards that would not match is another subject', () => {
    expect(ids(deniedToken(), subject('repo:octo-org/octo-app:ref:refs/heads/x*'))).toEqual(['branch']);
  });
});

describe('another claim', () => {
  const claim = (name: string, value: string, operator = 'StringEquals') =>
    forTokens({ [operator]: { [`${GITHUB}:${name}`]: value } });

  test.each<[string, Claims, Statement, RegExp]>([
    [
      'audience-condition',
      {},
      claim('aud', 'other'),
      /the audience other, and the token has sts.amazonaws.com$/,
    ],
    [
      'claim-absent',
      {},
      claim('environment', 'p'),
      /condition on token\S+:environment, and the request has no value/,
    ],
    ['claim-absent', {}, claim('actor', 'octocat'), /:actor, and/],
    [
      'reusable-workflow',
      { job_workflow_ref: 'octo-org/shared/a.yml@main' },
      claim('job_workflow_ref', 'x'),
      /is octo-org\/shared\/a.yml@main$/,
    ],
    ['tag-ref', { ref: 'refs/tags/v1' }, claim('ref', 'refs/heads/main'), /the tag v1/],
    [
      'claim-value',
      {},
      claim('ref', 'refs/heads/dev'),
      /requires refs\/heads\/dev for \S+:ref, and the token has refs\/heads\/main$/,
    ],
    ['letter-case', {}, claim('ref', 'refs/heads/MAIN'), /refs\/heads\/main/],
    [
      'letter-case',
      {},
      forTokens({ StringEquals: { [`${GITHUB}:ref`]: ['x', 'refs/heads/MAIN'] } }),
      /refs\/heads\/main/,
    ],
    [
      'audience-condition',
      {},
      forTokens({ StringEquals: { [`${GITHUB}:aud`]: ['a', 'b'] } }),
      /requires the audience a or b, and/,
    ],
    [
      'claim-value',
      { actor: 'refs/tags/x' },
      forTokens({ StringEquals: { [`${GITHUB}:actor`]: ['a', 'b'] } }),
      /requires a or b for \S+:actor, and the token has refs\/tags\/x$/,
    ],
    ['letter-case', {}, claim('ref', 'REFS/heads/m*', 'StringLike'), /refs\/heads\/main/],
    [
      'claim-value',
      {},
      claim('ref', 'refs/heads/main', 'StringNotEquals'),
      /excludes refs\/heads\/main for \S+:ref, and the request has refs\/heads\/main$/,
    ],
    [
      'claim-value',
      {},
      claim('sub', 'repo:octo-org/octo-app:*', 'StringNotLike'),
      /excludes repo:octo-org\/octo-app:\* for \S+:sub, and/,
    ],
    [
      'claim-value',
      {},
      forTokens({ StringNotLikeIfExists: { [`${GITHUB}:aud`]: ['a', 'sts.*'] } }),
      /excludes a and sts\.\* for \S+:aud, and/,
    ],
  ])('%s', (id, claims, statement, why) => {
    const [first, ...others] = causes(deniedToken(claims), statement);
    expect(others).toEqual([]);
    expect(first?.id).toBe(id);
    expect(first?.why).toMatch(why);
  });

  test('that is absent has advice of its own for environments', () => {
    expect(causes(deniedToken(), claim('environment', 'p'))[0]?.check).toMatch(
      /^Use an environment in the job/,
    );
    expect(causes(deniedToken(), claim('actor', 'x'))[0]?.check).toMatch(/^Remove the condition/);
  });

  test('of another server is absent, although the token has a claim of this name', () => {
    const ghes = { iss: 'https://ghes.example/_services/token' };
    const Principal = { Federated: 'arn:aws:iam::111111111111:oidc-provider/ghes.example/_services/token' };
    const statement = { ...claim('ref', 'refs/heads/main'), Principal };
    expect(ids(deniedToken(ghes), statement)).toEqual(['claim-absent']);
    expect(
      ids(deniedToken(), forTokens({ StringEquals: { 'other.example:ref': 'refs/heads/main' } })),
    ).toEqual(['condition-not-evaluated', 'policy-not-as-filed']);
  });

  test('that only AWS knows is not one that STS leaves out', () => {
    expect(ids(deniedToken(), claim('oaud', 'x'))).toEqual([
      'condition-not-evaluated',
      'policy-not-as-filed',
    ]);
  });

  test('that STS may not read is not evaluated', () => {
    const statement = claim('event_name', 'push');
    expect(ids(deniedToken(), statement)).toEqual(['claim-not-passed-on', 'policy-not-as-filed']);
    expect(causes(deniedToken(), statement)[0]?.why).toMatch(
      /^the trust policy has a condition on token\S+:event_name, and/,
    );
  });
});

describe('the principal', () => {
  const provider = (arn: string) => forTokens({}, { Principal: { Federated: arn } });

  test.each<[string, string, RegExp]>([
    [
      'issuer-of-provider',
      'arn:aws:iam::111111111111:oidc-provider/ghes.example',
      /provider ghes\.example, and the token comes from token\./,
    ],
    [
      'account-of-provider',
      `arn:aws:iam::222222222222:oidc-provider/${GITHUB}`,
      /of account 222222222222, .*, 111111111111$/,
    ],
    [
      'partition-of-provider',
      `arn:aws-cn:iam::111111111111:oidc-provider/${GITHUB}`,
      /of the partition aws-cn$/,
    ],
    ['issuer-of-provider', 'cognito-identity.amazonaws.com', /does not name the identity provider/],
    ['issuer-of-provider', ` ${PROVIDER}`, /does not name the identity provider/],
  ])('%s', (id, arn, why) => {
    const [first] = causes(deniedToken(), provider(arn));
    expect(first).toMatchObject({ id, check: `Write ${PROVIDER} as Federated.` });
    expect(first?.why).toMatch(why);
  });

  test('of another server', () => {
    const wrong = provider('arn:aws:iam::111111111111:oidc-provider/other.example');
    expect(ids(deniedToken({}, { server: 'GitHub Enterprise Server' }), wrong)).toEqual(['ghes-issuer']);
    expect(ids(deniedToken({}, { server: 'Gitea' }), wrong)).toEqual(['other-issuer']);
  });

  test('of a role that assumes itself', () => {
    const itself = deniedCaller({}, { caller: { ...CALLER, arn: ROLE } });
    expect(ids(itself, forHub({}, { Principal: { AWS: 'arn:aws:iam::111111111111:role/x' } }))).toEqual([
      'self-assumption',
    ]);
  });

  test('of a signed request', () => {
    const [first] = causes(
      deniedCaller(),
      forHub({}, { Principal: { AWS: 'arn:aws:iam::111111111111:role/x' } }),
    );
    expect(first).toMatchObject({
      id: 'caller-not-trusted',
      why: `the trust policy of ${ROLE} does not name ${HUB}`,
    });
  });
});

describe('the action', () => {
  test('is another', () => {
    const [first] = causes(
      deniedToken(),
      forTokens({ StringEquals: RIGHT }, { Action: ['sts:AssumeRole', 'sts:TagSession'] }),
    );
    expect(first).toEqual({
      id: 'action-not-allowed',
      why: 'the trust policy allows sts:AssumeRole, sts:TagSession, and the request needs sts:AssumeRoleWithWebIdentity',
      check: 'Add sts:AssumeRoleWithWebIdentity to Action.',
    });
  });

  test('that session tags and a source identity need is missing', () => {
    const tags = [{ key: 'Team', value: 'x', optional: false }];
    const only = forHub({}, { Action: 'sts:AssumeRole' });
    expect(ids(deniedCaller({ tags }), only)).toEqual(['tag-session']);
    expect(ids(deniedCaller({ sourceIdentity: 'me' }), only)).toEqual(['source-identity']);
  });
});

describe('a condition on a signed request', () => {
  test.each<[string, object, Parameters<typeof deniedCaller>[0], RegExp]>([
    ['external-id-missing', { StringEquals: { 'sts:ExternalId': 'ours' } }, {}, /the request has none/],
    [
      'external-id-wrong',
      { StringEquals: { 'STS:ExternalID': 'ours' } },
      { externalId: 'xy' },
      /another external ID/,
    ],
    ['mfa-required', { Bool: { 'aws:MultiFactorAuthPresent': 'true' } }, {}, /requires MFA/],
    [
      'session-name',
      { StringEquals: { 'sts:RoleSessionName': ['a', 'b'] } },
      {},
      /name a or b, and the request has test$/,
    ],
    [
      'tag-condition',
      { StringEquals: { 'aws:RequestTag/Team': ['x', 'y'] } },
      { tags: [{ key: 'Team', value: 'z', optional: false }] },
      /has the condition StringEquals aws:RequestTag\/Team: x or y, and the request has z$/,
    ],
    [
      'tag-condition',
      { StringEquals: { 'aws:RequestTag/Team': 'x' } },
      {},
      /and the request has no such tag$/,
    ],
    [
      'tag-condition',
      { 'ForAllValues:StringEquals': { 'aws:TagKeys': 'Stage' } },
      { tags: ['Team', 'Cost'].map((key) => ({ key, value: 'z', optional: false })) },
      /and the request has Team, Cost$/,
    ],
  ])('%s', (id, Condition, request, why) => {
    const [first] = causes(deniedCaller(request), forHub(Condition));
    expect(first?.id).toBe(id);
    expect(first?.why).toMatch(why);
  });
});

describe('several statements', () => {
  test('the one with the fewest conditions that are not met counts', () => {
    const far = forTokens({ StringEquals: { [`${GITHUB}:aud`]: 'x', [SUB]: 'x' } });
    expect(ids(deniedToken(), far, subject(MAIN.replace('main', 'dev')))).toEqual(['branch']);
    expect(ids(deniedToken(), subject(MAIN.replace('main', 'dev')), far)).toEqual(['branch']);
  });

  test('another action or principal is further away than many conditions', () => {
    const values = ['aud', 'sub', 'ref', 'actor', 'environment'].map((name) => [`${GITHUB}:${name}`, 'x']);
    const conditions = forTokens({ StringEquals: Object.fromEntries(values) });
    const other = forTokens({}, { Action: 'sts:AssumeRole' });
    expect(ids(deniedToken(), other, conditions)).toHaveLength(5);
    expect(ids(deniedToken(), conditions, other)).not.toContain('action-not-allowed');
  });

  test('a Deny that applies is the only cause', () => {
    const deny = forTokens({}, { Effect: 'Deny' });
    expect(causes(deniedToken(), subject(MAIN), deny)).toEqual([
      {
        id: 'explicit-deny',
        why: 'statement 2 of the trust policy denies this run',
        check: 'Narrow its conditions. A Deny wins over every Allow.',
      },
    ]);
  });

  test('a Deny that does not apply is no cause', () => {
    const deny = forTokens({ StringEquals: { [SUB]: 'x' } }, { Effect: 'Deny' });
    expect(ids(deniedToken(), deny, subject('repo:octo-org/octo-app:environment:q'))).toEqual(['branch']);
  });

  test('without any Allow there is no cause in the policy', () => {
    expect(causes(deniedToken(), forTokens({ StringEquals: { [SUB]: 'x' } }, { Effect: 'Deny' }))).toEqual(
      [],
    );
  });
});

describe('a policy that does not deny the run', () => {
  test('is not the one of the role', () => {
    expect(ids(deniedToken(), subject(MAIN))).toEqual(['policy-not-as-filed']);
    const open = forTokens({ IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } });
    expect(ids(deniedToken(), open, subject(MAIN))).toEqual(['policy-not-as-filed']);
  });

  test('has parts that only AWS can evaluate', () => {
    const Condition = { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' }, StringEquals: RIGHT };
    const found = causes(deniedToken(), forTokens(Condition));
    expect(found.map(({ id }) => id)).toEqual(['condition-not-evaluated', 'policy-not-as-filed']);
    expect(found[0]?.why).toBe(
      'the trust policy has parts that only AWS can evaluate: IpAddress aws:SourceIp',
    );
  });

  test('names each of several such parts', () => {
    const Condition = {
      IpAddress: { 'aws:SourceIp': '10.0.0.0/8' },
      StringEquals: { [`${GITHUB}:event_name`]: 'push' },
    };
    const found = causes(deniedToken(), forTokens(Condition));
    expect(found.map(({ id }) => id)).toEqual([
      'claim-not-passed-on',
      'condition-not-evaluated',
      'policy-not-as-filed',
    ]);
    expect(found[1]?.why).toContain(`IpAddress aws:SourceIp, StringEquals ${GITHUB}:event_name`);
  });

  test('a statement that does not apply has no part in it', () => {
    const far = forTokens({ IpAddress: { 'aws:SourceIp': '10.0.0.0/8' }, StringEquals: { [SUB]: 'x' } });
    const open = forTokens({ StringEquals: { 'aws:SourceVpc': 'vpc-1' } });
    expect(causes(deniedToken(), far, open)[0]?.why).toMatch(/evaluate: StringEquals aws:SourceVpc$/);
  });
});
