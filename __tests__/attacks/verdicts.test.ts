import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { allows, denies, type PolicyDocument, type Question } from '../../lab/policy.ts';
import { callerInPlan } from '../../src/diagnosis/callers.ts';
import type { AssumeRoleRequest, Plan, PlanNode, RoleSessionRequest } from '../../src/plan/plan.ts';
import { parseTrustPolicy } from '../../src/trust/document.ts';
import { evaluateTrust, type TrustQuestion } from '../../src/trust/evaluate.ts';
import { questionOfToken, questionsOfAssumeRole } from '../../src/trust/questions.ts';
import { errorOf, HUB, MINIMAL, SPOKE, withJob } from '../support/harness.ts';
import { times } from '../support/soak.ts';

const G = 'token.actions.githubusercontent.com';
const PROVIDER = `arn:aws:iam::111111111111:oidc-provider/${G}`;
const SUBJECT = 'repo:octo-org/octo-app:ref:refs/heads/main';
const CLAIMS = {
  iss: `https://${G}`,
  aud: 'sts.amazonaws.com',
  sub: SUBJECT,
  repository: 'octo-org/octo-app',
  repository_id: '74',
  repository_owner: 'octo-org',
  repository_owner_id: '9919',
};
const common = {
  duration: { kind: 'seconds', seconds: 900 },
  inlinePolicy: undefined,
  policyArns: [],
} as const;
const hub = { arn: HUB, partition: 'aws', accountId: '111111111111', path: '/', name: 'deploy-hub' };
const ofToken: RoleSessionRequest = {
  operation: 'AssumeRoleWithWebIdentity',
  role: hub,
  sessionName: 'the-session',
  ...common,
};
const ofCaller: AssumeRoleRequest = {
  operation: 'AssumeRole',
  role: { arn: SPOKE, partition: 'aws', accountId: '222222222222', path: '/', name: 'deploy' },
  sessionName: 'next-session',
  externalId: undefined,
  sourceIdentity: undefined,
  tags: [],
  transitiveTagKeys: [],
  mfa: undefined,
  ...common,
};
/** As written in a policy. The last is a variable. */
const [DOLLAR, STAR, VARIABLE] = ['$', '*', 'aws:x'].map((name) => `\${${name}}`);
const SESSION = 'arn:aws:sts::111111111111:assumed-role/deploy-hub/the-session';
const node = (request: RoleSessionRequest): PlanNode => ({
  id: 'hub',
  source: { kind: 'identity', identity: { kind: 'github-oidc', audience: 'sts.amazonaws.com' } } as never,
  request,
});
const callerFrom = (request: RoleSessionRequest) => {
  const caller = callerInPlan('hub', { nodes: [node(request)], delivered: [] } as Plan);
  if (caller === undefined) throw new Error('the plan has no caller');
  return caller;
};

const token = questionOfToken(ofToken, CLAIMS);
const [chained = token] = questionsOfAssumeRole(ofCaller, callerFrom(ofToken));

/** The verdict on the text of a policy; `unreadable` for a document that is not evaluated. */
function verdict(text: string, question: TrustQuestion): string {
  const policy = parseTrustPolicy(text);
  return 'unreadable' in policy ? 'unreadable' : evaluateTrust(policy, question).decision;
}
const decide = (Statement: unknown, question = token) =>
  verdict(JSON.stringify({ Version: '2012-10-17', Statement }), question);

const allow = {
  Effect: 'Allow',
  Principal: { Federated: PROVIDER },
  Action: 'sts:AssumeRoleWithWebIdentity',
};
const allowCaller = { Effect: 'Allow', Principal: { AWS: HUB }, Action: 'sts:AssumeRole' };
const deny = { Effect: 'Deny', Action: 'sts:*' };
const ALL = { StringLike: { [`${G}:sub`]: 'repo:octo-org/*' } };

test('both requests are allowed without the attack', () => {
  expect(decide([allow, { ...deny, Principal: '*', Condition: { StringLike: { [`${G}:sub`]: 'x' } } }])).toBe(
    'allowed',
  );
  expect(decide(allowCaller, chained)).toBe('allowed');
});

describe('a Deny that must not be overlooked', () => {
  test.each<[string, object, string, TrustQuestion, object]>([
    ['{"AWS": "*"}, of a token', { Principal: { AWS: '*' } }, 'denied', token, allow],
    ['{"AWS": ["x", "*"]}', { Principal: { AWS: [HUB, '*'] } }, 'denied', token, allow],
    ['{"AWS": "*"}, of a session', { Principal: { AWS: '*' } }, 'denied', chained, allowCaller],
    ['{"Federated": "*"}', { Principal: { Federated: '*' } }, 'undecided', token, allow],
    [
      '{"Federated": "*"}, of a session',
      { Principal: { Federated: '*' } },
      'undecided',
      chained,
      allowCaller,
    ],
    ['{"Service": "*"}', { Principal: { Service: '*' } }, 'undecided', token, allow],
    ['the bare name of the provider', { Principal: { Federated: G } }, 'undecided', token, allow],
    [
      'the provider in other letter case',
      { Principal: { Federated: PROVIDER.toUpperCase() } },
      'undecided',
      token,
      allow,
    ],
    ['NotPrincipal', { NotPrincipal: { AWS: 'arn:aws:iam::999999999999:root' } }, 'undecided', token, allow],
    ['NotPrincipal without names', { NotPrincipal: {} }, 'unreadable', token, allow],
    [
      'NotPrincipal, of a session',
      { NotPrincipal: { AWS: '999999999999' } },
      'undecided',
      chained,
      allowCaller,
    ],
    ['no Principal', {}, 'unreadable', token, allow],
    ['an empty Principal', { Principal: {} }, 'unreadable', token, allow],
    ['a Principal with an empty list', { Principal: { AWS: [] } }, 'unreadable', token, allow],
    ['a Principal that is text', { Principal: HUB }, 'unreadable', chained, allowCaller],
    ['a Principal that is a list', { Principal: ['*'] }, 'unreadable', token, allow],
    ['a Principal of another type', { Principal: { aws: '*' } }, 'unreadable', token, allow],
    [
      'a wildcard in a name',
      { Principal: { AWS: 'arn:aws:iam::111111111111:role/*' } },
      'unreadable',
      chained,
      allowCaller,
    ],
    ["the caller's session", { Principal: { AWS: SESSION } }, 'denied', chained, allowCaller],
    ["the caller's account", { Principal: { AWS: '111111111111' } }, 'denied', chained, allowCaller],
    [
      'the unique ID of a role',
      { Principal: { AWS: 'AROAEXAMPLE0EXAMPLE00' } },
      'undecided',
      chained,
      allowCaller,
    ],
  ])('%s', (_name, more, expected, question, allowed) => {
    expect(decide([allowed, { ...deny, ...more }], question)).toBe(expected);
    expect(decide([{ ...deny, ...more }, allowed], question)).toBe(expected);
  });
});

describe("the caller's session", () => {
  const saml: RoleSessionRequest = { operation: 'AssumeRoleWithSAML', role: hub, ...common };
  const [ofUnknownName = token] = questionsOfAssumeRole(ofCaller, callerFrom(saml));
  const named = (arn: string) => ({ ...allowCaller, Principal: { AWS: arn } });

  test('is one of its names', () => {
    expect(decide(named(SESSION), chained)).toBe('allowed');
    expect(decide(named(`${SESSION}x`), chained)).toBe('denied');
    expect(decide(named(SESSION.replace('deploy-hub', 'deploy')), chained)).toBe('denied');
  });

  test('can be any session of the role if its name is unknown', () => {
    expect(decide(named(SESSION), ofUnknownName)).toBe('undecided');
    expect(decide([allowCaller, { ...deny, Principal: { AWS: SESSION } }], ofUnknownName)).toBe('undecided');
  });

  test('with MFA or a source identity can differ from one without', () => {
    const mfa = {
      serial: 'arn:aws:iam::111111111111:mfa/ci',
      code: { kind: 'code', code: '123456' },
    } as const;
    const [afterMfa = token] = questionsOfAssumeRole(ofCaller, callerFrom({ ...ofCaller, role: hub, mfa }));
    const when = (Condition: object) => [allowCaller, { ...deny, Principal: '*', Condition }];
    expect(decide(when({ Bool: { 'aws:MultiFactorAuthPresent': 'true' } }), afterMfa)).toBe('undecided');
    expect(decide(when({ StringLike: { 'sts:SourceIdentity': '*' } }), chained)).toBe('undecided');
  });

  test('is allowed where the trust policy names it', () =>
    withJob({}, async ({ lab, job, uses }) => {
      const session = 'arn:aws:sts::111111111111:assumed-role/deploy-hub/s-1';
      const policy = (Effect: 'Allow' | 'Deny', AWS: string): PolicyDocument['Statement'] & object => ({
        Effect,
        Principal: { AWS },
        Action: ['sts:AssumeRole', 'sts:TagSession'],
      });
      const spoke = lab.world.accounts['222222222222']?.roles.find(({ name }) => name === 'deploy');
      if (spoke === undefined) throw new Error('there is no role to assume');
      const first = { Version: '2012-10-17', Statement: [{ ...allow, Condition: ALL }] };
      const step = async (trustPolicy: PolicyDocument) => {
        spoke.trustPolicy = trustPolicy;
        await writeFile(path.join(job.workspace, 'first.json'), JSON.stringify(first));
        await writeFile(path.join(job.workspace, 'second.json'), JSON.stringify(trustPolicy));
        return uses({
          ...MINIMAL,
          'role-to-assume': HUB,
          'role-chain': SPOKE,
          'role-session-name': 's-1',
          'trust-policy': 'first.json\nsecond.json',
        });
      };
      expect((await step({ Statement: policy('Allow', session) as never })).exitCode).toBe(0);
      const denied = await step({
        Statement: [policy('Allow', HUB), policy('Deny', session)] as never,
      });
      expect(errorOf(denied)).toContain('[TRUST_POLICY_MISMATCH]');
    }));
});

describe('policies that are not valid or not clear', () => {
  const withCondition = (Condition: unknown) => [{ ...allow, Condition }];

  test.each<[string, unknown, string]>([
    ['a condition that is text', withCondition({ StringEquals: 'x' }), 'unreadable'],
    ['a condition that is a list', withCondition({ StringEquals: [{ [`${G}:sub`]: 'x' }] }), 'unreadable'],
    ['a condition that is null', withCondition({ StringEquals: null }), 'unreadable'],
    ['a block of conditions that is null', withCondition(null), 'unreadable'],
    ['a value that is an object', withCondition({ StringNotEquals: { [`${G}:sub`]: {} } }), 'unreadable'],
    ['a value that is null', withCondition({ StringNotEquals: { [`${G}:sub`]: null } }), 'unreadable'],
    ['a list in a list', withCondition({ StringNotEquals: { [`${G}:sub`]: [['x']] } }), 'unreadable'],
    ['an operator without keys', withCondition({ StringEquals: {} }), 'undecided'],
    ['a key without values', withCondition({ StringNotEquals: { [`${G}:sub`]: [] } }), 'undecided'],
    [
      'a key in two letter cases',
      withCondition({ StringNotEquals: { [`${G}:sub`]: 'x', [`${G}:SUB`]: SUBJECT } }),
      'unreadable',
    ],
    [
      'a number, which has several spellings in JSON',
      withCondition({ StringEquals: { [`${G}:repository_id`]: 74 } }),
      'undecided',
    ],
    ['both Action and NotAction', { ...allow, NotAction: 'sts:AssumeRole' }, 'unreadable'],
    ['an Action that is no text', { ...allow, Action: ['sts:*', null] }, 'unreadable'],
    ['both Principal and NotPrincipal', { ...allow, NotPrincipal: { AWS: HUB } }, 'unreadable'],
    [
      'NotPrincipal in what is allowed',
      { ...allow, Principal: undefined, NotPrincipal: { AWS: HUB } },
      'unreadable',
    ],
    ['an element of another kind of policy', { ...allow, Resource: 'arn:aws:s3:::x' }, 'unreadable'],
    ['an element in other letter case', { ...allow, condition: { StringEquals: { x: 'y' } } }, 'unreadable'],
    [
      'a claim that AWS does not list',
      withCondition({ StringEquals: { [`${G}:repository_owner_id`]: '9919' } }),
      'undecided',
    ],
    [
      'a claim that AWS does not list, negated',
      withCondition({ StringNotEquals: { [`${G}:repository_owner_id`]: '9919' } }),
      'undecided',
    ],
  ])('%s', (_name, statements, expected) => expect(decide(statements)).toBe(expected));

  test.each([
    [
      'Statement',
      `{"Statement": ${JSON.stringify({ ...deny, Principal: '*' })}, "Statement": ${JSON.stringify(allow)}}`,
    ],
    ['Effect', `{"Statement": {"Effect": "Deny",\n"Effect": "Allow", "Principal": "*", "Action": "*"}}`],
    [
      'Effect, escaped',
      `{"Statement": {"Effect": "Deny", "\\u0045ffect": "Allow", "Principal": "*", "Action": "*"}}`,
    ],
    [
      'Condition',
      `{"Statement": {"Effect": "Allow", "Principal": "*", "Action": "*",\n"Condition": {"Bool": {"aws:SecureTransport": "false"}}, "Condition": {}}}`,
    ],
    [
      'a condition key',
      `{"Statement": {"Effect": "Allow", "Principal": "*", "Action": "*", "Condition": {"StringEquals": {"${G}:sub": "other", "${G}:sub": "${SUBJECT}"}}}}`,
    ],
  ])('the duplicate key %s', (_name, text) => {
    expect(verdict(text, token)).toBe('unreadable');
    expect(parseTrustPolicy(text)).toEqual({
      unreadable: expect.stringMatching(/^line \d+: a duplicate key$/),
    });
  });

  test('the same key in a nested object, or in a text, is not a duplicate', () => {
    const text = JSON.stringify({
      Role: {
        Description: '{"Statement": 1, "Statement": 2}, \\"',
        AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: [allow, { ...allow, Condition: ALL }] },
      },
    });
    expect(verdict(text, token)).toBe('allowed');
  });

  test('variables in the version without variables', () => {
    const statement = withCondition({ StringNotEquals: { [`${G}:sub`]: DOLLAR } });
    expect(decide(statement)).toBe('allowed');
    expect(verdict(JSON.stringify({ Statement: statement }), token)).toBe('undecided');
    expect(verdict(JSON.stringify({ Version: '2026-01-01', Statement: allow }), token)).toBe('unreadable');
  });

  test('the step names the problem, and does not call AWS', () =>
    withJob({}, async ({ lab, job, uses }) => {
      const text = `{"Statement": {"Effect": "Deny",\n"Effect": "Allow", "Principal": "*", "Action": "*"}}`;
      await writeFile(path.join(job.workspace, 'trust.json'), text);
      const message = errorOf(await uses({ ...MINIMAL, 'trust-policy': 'trust.json' }));
      expect(message).toContain('[TRUST_POLICY_UNREADABLE]');
      expect(message).toContain('line 2: a duplicate key');
      expect(lab.traffic.counts().sts).toBe(0);
    }));
});

/** Shapes that IAM saves, and shapes that it does not. */
const names = fc.constantFrom(
  PROVIDER,
  HUB,
  SESSION,
  '*',
  G,
  '111111111111',
  'arn:aws:iam::111111111111:root',
  'x',
  'arn:*',
);
const oneOrMore = <T>(value: fc.Arbitrary<T>) => fc.oneof(value, fc.array(value, { maxLength: 2 }));
const principal = fc.oneof(
  fc.constantFrom('*', HUB, null, undefined),
  fc.dictionary(fc.constantFrom('AWS', 'Federated', 'Service', 'aws'), oneOrMore(names), { maxKeys: 2 }),
);
const value = fc.constantFrom<unknown>(
  SUBJECT,
  'repo:*',
  '*',
  STAR,
  VARIABLE,
  '74',
  'true',
  74,
  true,
  null,
  {},
  HUB,
  'arn:aws:iam::*:role/*',
  SUBJECT.toUpperCase(),
);
const operator = fc
  .tuple(
    fc.constantFrom('', 'ForAnyValue:', 'ForAllValues:'),
    fc.constantFrom(
      'StringEquals',
      'StringLike',
      'StringNotEquals',
      'StringNotLike',
      'StringEqualsIgnoreCase',
      'ArnLike',
      'ArnNotEquals',
      'Bool',
      'Null',
      'NumericEquals',
      'NumericNotEquals',
      'DateLessThan',
      'IpAddress',
      'BinaryEquals',
    ),
    fc.constantFrom('', 'IfExists'),
  )
  .map((parts) => parts.join(''));
const key = fc.constantFrom(
  `${G}:sub`,
  `${G}:SUB`,
  `${G}:repository_id`,
  `${G}:repository_owner_id`,
  `${G}:environment`,
  'aws:PrincipalArn',
  'aws:SourceIp',
  'sts:ExternalId',
  'sts:RoleSessionName',
);
const conditions = fc.oneof(
  fc.constantFrom(undefined, 'x', []),
  fc.dictionary(
    operator,
    fc.oneof(
      { weight: 5, arbitrary: fc.dictionary(key, oneOrMore(value), { maxKeys: 2 }) },
      { weight: 1, arbitrary: fc.constantFrom<unknown>('x', ['x'], null) },
    ),
    { maxKeys: 2 },
  ),
);
const odd = fc.record(
  {
    Effect: fc.constantFrom('Allow', 'Deny'),
    Principal: principal,
    NotPrincipal: principal,
    Action: fc.constantFrom('sts:*', 'sts:AssumeRole', 'sts:AssumeRoleWithWebIdentity', ['*']),
    Condition: conditions,
  },
  { requiredKeys: ['Effect', 'Principal', 'Action'] },
);

const usual = fc.record(
  {
    Effect: fc.constantFrom('Allow', 'Allow', 'Deny'),
    Principal: fc.constantFrom<unknown>(
      '*',
      { AWS: '*' },
      { Federated: PROVIDER, AWS: HUB },
      { AWS: SESSION },
    ),
    Action: fc.constantFrom('sts:*', ['sts:AssumeRole', 'sts:AssumeRoleWithWebIdentity']),
    Condition: fc.dictionary(
      operator,
      fc.dictionary(key, fc.constantFrom(SUBJECT, 'repo:*', '74', 'the-session', 'true', HUB), {
        minKeys: 1,
        maxKeys: 2,
      }),
      { maxKeys: 1 },
    ),
  },
  { requiredKeys: ['Effect', 'Principal', 'Action'] },
);
const statement = fc.oneof({ weight: 4, arbitrary: usual }, { weight: 1, arbitrary: odd });

test('no verdict allows a request that the lab denies, nor denies one that the lab allows', () => {
  const counts = { allowed: 0, denied: 0, undecided: 0, unreadable: 0 };
  const asked = [token, chained];
  const property = fc.property(
    fc.array(statement, { minLength: 1, maxLength: 3 }),
    fc.constantFrom('2012-10-17', undefined),
    fc.constantFrom(...asked),
    (Statement, Version, question) => {
      const text = JSON.stringify({ Version, Statement });
      const ours = verdict(text, question) as keyof typeof counts;
      counts[ours]++;
      const { action, principal: principals, context } = question;
      const theirs = inLab(JSON.parse(text) as PolicyDocument, { action, principals, context });
      if (ours === 'allowed') expect(theirs).toBe('allowed');
      if (ours === 'denied') expect(theirs).toBe('denied');
    },
  );
  fc.assert(property, { numRuns: times(4_000, 20_000) });
  for (const count of Object.values(counts)) expect(count).toBeGreaterThan(times(200, 1000));
});

/** IAM does not save some policies, which allow nothing. A statement that the lab does not know leaves the answer open. */
function inLab({ Version, Statement }: PolicyDocument, question: Question): 'allowed' | 'denied' | 'open' {
  const fits = { Allow: new Set<unknown>(), Deny: new Set<unknown>() };
  for (const one of [Statement].flat()) {
    const policy = { ...(Version !== undefined && { Version }), Statement: one };
    try {
      fits[one.Effect].add(one.Effect === 'Allow' ? allows(policy, question) : denies(policy, question));
    } catch (error) {
      if (String(error).includes('IAM rejects')) return 'denied';
      fits[one.Effect].add('open');
    }
  }
  if (fits.Deny.has(true)) return 'denied';
  if (!fits.Allow.has(true) && !fits.Allow.has('open')) return 'denied';
  return fits.Allow.has(true) && !fits.Deny.has('open') ? 'allowed' : 'open';
}
