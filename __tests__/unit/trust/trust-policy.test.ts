import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { allows } from '../../../lab/policy.ts';
import { parseTrustPolicy } from '../../../src/trust/document.ts';
import { evaluateTrust, type TrustQuestion } from '../../../src/trust/evaluate.ts';
import { questionOfToken } from '../../../src/trust/questions.ts';
import { policyOf, webIdentityStatement } from '../../../src/trust/statement.ts';
import { times } from '../../support/soak.ts';

const G = 'token.actions.githubusercontent.com';
const PROVIDER = `arn:aws:iam::111111111111:oidc-provider/${G}`;

function parse(document: unknown) {
  const policy = parseTrustPolicy(JSON.stringify(document));
  if ('unreadable' in policy) throw new Error(policy.unreadable);
  return policy;
}

const allow = {
  Effect: 'Allow',
  Principal: { Federated: PROVIDER },
  Action: 'sts:AssumeRoleWithWebIdentity',
};
const question = (context: Record<string, string[]> = { [`${G}:sub`]: ['repo:o/r:x'] }): TrustQuestion => ({
  action: 'sts:AssumeRoleWithWebIdentity',
  principal: { type: 'Federated', ids: [PROVIDER] },
  context: new Map(Object.entries(context)),
  isKnown: (key) => key.startsWith(G),
});
const decide = (statements: unknown, asked = question()) =>
  evaluateTrust(parse({ Statement: statements }), asked).decision;
const sub = (value: string, operator = 'StringEquals') => ({
  Condition: { [operator]: { [`${G}:sub`]: value } },
});

/** IAM User Guide, "Policy evaluation logic" and "AWS JSON policy elements: Principal". */
describe('statements', () => {
  test.each<[string, unknown, string]>([
    ['one that allows', allow, 'allowed'],
    ['none that fits', { ...allow, ...sub('other') }, 'denied'],
    [
      'several, of which one fits',
      [
        { ...allow, ...sub('other') },
        { ...allow, ...sub('repo:o/r:x') },
      ],
      'allowed',
    ],
    ['one that denies wins', [allow, { Effect: 'Deny', Principal: '*', Action: '*' }], 'denied'],
    [
      'one that denies others',
      [allow, { Effect: 'Deny', Principal: '*', Action: '*', ...sub('other') }],
      'allowed',
    ],
    ['an action with a wildcard', { ...allow, Action: 'sts:AssumeRole*' }, 'allowed'],
    ['an action in other letter case', { ...allow, Action: 'STS:assumerolewithwebidentity' }, 'allowed'],
    ['every action', { ...allow, Action: '*' }, 'allowed'],
    ['another action', { ...allow, Action: 'sts:AssumeRole' }, 'denied'],
    ['an action left out', { ...allow, Action: undefined, NotAction: 'sts:AssumeRole' }, 'allowed'],
    ['the action left out', { ...allow, Action: undefined, NotAction: 'sts:AssumeRoleWith*' }, 'denied'],
    ['several actions', { ...allow, Action: ['sts:TagSession', 'sts:AssumeRoleWithWebIdentity'] }, 'allowed'],
    ['another provider', { ...allow, Principal: { Federated: `${PROVIDER}x` } }, 'denied'],
    ['several providers', { ...allow, Principal: { Federated: ['x', PROVIDER] } }, 'allowed'],
    ['everyone', { ...allow, Principal: '*' }, 'allowed'],
    ['everyone, as an object', { ...allow, Principal: { AWS: '*' } }, 'allowed'],
    ['another type of principal', { ...allow, Principal: { Service: 'ec2.amazonaws.com' } }, 'denied'],
    [
      'two operators, both met',
      {
        ...allow,
        Condition: { StringLike: { [`${G}:sub`]: 'repo:*' }, Null: { [`${G}:environment`]: 'true' } },
      },
      'allowed',
    ],
    [
      'two operators, one not met',
      {
        ...allow,
        Condition: { StringLike: { [`${G}:sub`]: 'repo:*' }, Null: { [`${G}:environment`]: 'false' } },
      },
      'denied',
    ],
    [
      'a key in other letter case',
      { ...allow, Condition: { StringEquals: { [`${G.toUpperCase()}:SUB`]: 'repo:o/r:x' } } },
      'allowed',
    ],
    ['an unknown key', { ...allow, Condition: { StringEquals: { 'aws:SourceVpc': 'vpc-1' } } }, 'undecided'],
    ['an unknown operator', { ...allow, Condition: { StringSounds: { [`${G}:sub`]: 'x' } } }, 'undecided'],
    [
      'an unknown key beside what does not match',
      { ...allow, Condition: { StringEquals: { 'aws:SourceVpc': 'vpc-1', [`${G}:sub`]: 'y' } } },
      'denied',
    ],
    [
      'an unknown key in a statement that denies',
      [
        allow,
        {
          Effect: 'Deny',
          Principal: '*',
          Action: '*',
          Condition: { StringEquals: { 'aws:SourceVpc': 'vpc-1' } },
        },
      ],
      'undecided',
    ],
  ])('%s', (_name, statements, decision) => expect(decide(statements)).toBe(decision));
});

test('it agrees with the independent evaluator of the lab', () => {
  const operator = fc.constantFrom(
    'StringEquals',
    'StringLike',
    'StringNotEquals',
    'StringNotLike',
    'StringEqualsIfExists',
    'ForAnyValue:StringEquals',
    'ForAllValues:StringLike',
    'StringEqualsIgnoreCase',
  );
  const value = fc.constantFrom('repo:o/r:x', 'repo:*', 'REPO:O/R:X', 'other', '*', '?', 'repo:o/?:x');
  const key = fc.constantFrom(`${G}:sub`, `${G}:aud`, `${G}:ref`);
  const condition = fc.dictionary(
    operator,
    fc.dictionary(key, fc.oneof(value, fc.array(value, { minLength: 1, maxLength: 3 })), {
      minKeys: 1,
      maxKeys: 2,
    }),
    { maxKeys: 2 },
  );
  const statement = fc.record({
    Effect: fc.constantFrom('Allow' as const, 'Deny' as const),
    Principal: fc.constantFrom({ Federated: PROVIDER }, { Federated: 'x' }, { AWS: '*' }, '*' as const),
    Action: fc.constantFrom('sts:*', 'sts:AssumeRoleWithWebIdentity', 'sts:AssumeRole', ['a', '*']),
    Condition: condition,
  });
  fc.assert(
    fc.property(
      fc.array(statement, { minLength: 1, maxLength: 3 }),
      fc.dictionary(key, fc.array(value, { minLength: 1, maxLength: 1 })),
      (Statement, values) => {
        const asked = question(values);
        const theirs = allows(
          { Statement },
          {
            action: asked.action,
            principals: { type: 'Federated', ids: [PROVIDER] },
            context: asked.context,
          },
        );
        expect(evaluateTrust(parse({ Statement }), asked).decision).toBe(theirs ? 'allowed' : 'denied');
      },
    ),
    { numRuns: times(500, 2000) },
  );
});

test('the statement for a token allows that token, and no other subject, audience or issuer', () => {
  const claims = {
    iss: `https://${G}`,
    aud: 'sts.amazonaws.com',
    sub: 'repo:o/r:ref:refs/heads/main',
    repository: 'o/r',
  };
  const role = { arn: '', partition: 'aws', accountId: '111111111111', path: '/', name: 'x' };
  const request = {
    operation: 'AssumeRoleWithWebIdentity',
    role,
    sessionName: 's',
    duration: { kind: 'seconds', seconds: 900 },
    inlinePolicy: undefined,
    policyArns: [],
  } as const;
  const policy = parse(
    policyOf(
      webIdentityStatement({
        partition: 'aws',
        accountId: '111111111111',
        issuer: claims.iss,
        audience: claims.aud,
        subject: claims.sub,
      }),
    ),
  );
  const decisionFor = (changed: object) =>
    evaluateTrust(policy, questionOfToken(request, { ...claims, ...changed })).decision;
  expect(decisionFor({})).toBe('allowed');
  for (const changed of [
    { sub: 'repo:o/r2:ref:refs/heads/main' },
    { aud: 'x' },
    { iss: 'https://gitlab.com' },
  ])
    expect(decisionFor(changed)).toBe('denied');
});

/** IAM User Guide, "Keys available for AWS OIDC federation". */
describe('claims of a token as condition keys', () => {
  const claims = {
    iss: `https://${G}`,
    aud: 'sts.amazonaws.com',
    sub: 'repo:o/r:ref:refs/heads/main',
    actor: 'a',
    actor_id: '1',
    enterprise_id: '2',
    environment: 'e',
    job_workflow_ref: 'o/r/w@x',
    ref: 'refs/heads/main',
    repository: 'o/r',
    repository_id: '3',
    workflow: 'w',
    repository_owner: 'o',
    repository_owner_id: '9',
    event_name: 'push',
    run_id: '42',
  };
  const role = { arn: '', partition: 'aws', accountId: '111111111111', path: '/', name: 'x' };
  const request = {
    operation: 'AssumeRoleWithWebIdentity',
    role,
    sessionName: 'the-session',
    duration: { kind: 'seconds', seconds: 900 },
    inlinePolicy: undefined,
    policyArns: [],
  } as const;
  const decisionOn = (key: string, value: string, presented: Record<string, unknown> = claims) =>
    evaluateTrust(
      parse({ Statement: { ...allow, Condition: { StringEquals: { [key]: value } } } }),
      questionOfToken(request, presented),
    ).decision;

  test.each([
    'aud',
    'sub',
    'actor',
    'actor_id',
    'enterprise_id',
    'environment',
    'job_workflow_ref',
    'ref',
    'repository',
    'repository_id',
    'workflow',
  ] as const)('%s is one', (claim) => {
    expect(decisionOn(`${G}:${claim}`, claims[claim])).toBe('allowed');
    expect(decisionOn(`${G}:${claim}`, 'other')).toBe('denied');
    expect(decisionOn(`${G}:${claim}`, claims[claim], { ...claims, [claim]: undefined })).toBe('denied');
  });

  test('there is none for the issuer', () => expect(decisionOn(`${G}:iss`, claims.iss)).toBe('denied'));

  test.each(['repository_owner', 'repository_owner_id', 'event_name', 'run_id'] as const)(
    'whether %s is one is unknown',
    (claim) => {
      expect(decisionOn(`${G}:${claim}`, claims[claim])).toBe('undecided');
      expect(decisionOn(`${G}:${claim}`, 'other')).toBe('undecided');
      expect(decisionOn(`${G}:${claim}`, claims[claim], { ...claims, [claim]: undefined })).toBe('denied');
    },
  );

  test('the session name is one, and other facts of the request are unknown', () => {
    expect(decisionOn('sts:RoleSessionName', 'the-session')).toBe('allowed');
    expect(decisionOn('sts:RoleSessionName', 'other')).toBe('denied');
    expect(decisionOn('aws:SourceIp', '10.0.0.1')).toBe('undecided');
  });
});
