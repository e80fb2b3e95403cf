import { describe, expect, test } from '@jest/globals';
import { parseTrustPolicy } from '../../../src/trust/document.ts';
import {
  coversAction,
  describeMismatch,
  evaluateTrust,
  isEveryone,
  type Mismatch,
  providersIn,
  type TrustQuestion,
} from '../../../src/trust/evaluate.ts';

const ROLE = 'arn:aws:iam::111111111111:role/Deploy';
const QUESTION: TrustQuestion = {
  action: 'sts:AssumeRole',
  principal: { type: 'AWS', ids: [ROLE, '111111111111'] },
  context: new Map([
    ['sts:externalid', ['x-1']],
    ['aws:tagkeys', ['a', 'b']],
  ]),
  isKnown: (key) => ['sts:externalid', 'aws:tagkeys', 'sts:sourceidentity'].includes(key),
};

/** The verdict on one statement, without the statement. */
function verdictOn(statement: object, question: Partial<TrustQuestion> = {}, Version = '2012-10-17') {
  const allow = { Effect: 'Allow', Principal: { AWS: ROLE }, Action: 'sts:AssumeRole' };
  const policy = parseTrustPolicy(JSON.stringify({ Version, Statement: { ...allow, ...statement } }));
  if ('unreadable' in policy) throw new Error(policy.unreadable);
  const verdict = evaluateTrust(policy, { ...QUESTION, ...question });
  const [{ outcome, mismatches, notEvaluated } = { outcome: undefined, mismatches: [], notEvaluated: [] }] =
    verdict.statements;
  return { decision: verdict.decision, outcome, mismatches, notEvaluated };
}

const APPLIES = { decision: 'allowed', outcome: 'applies', mismatches: [], notEvaluated: [] };
const misses = (...mismatches: readonly object[]) => ({
  decision: 'denied',
  outcome: 'does not apply',
  mismatches,
  notEvaluated: [],
});
const leavesOpen = (...notEvaluated: readonly object[]) => ({
  decision: 'undecided',
  outcome: 'undecided',
  mismatches: [],
  notEvaluated,
});

test('a statement in which all parts match applies', () => expect(verdictOn({})).toEqual(APPLIES));

describe('the action', () => {
  test('is not named', () =>
    expect(verdictOn({ Action: ['sts:TagSession', 'iam:*'] })).toEqual(
      misses({ element: 'Action', wanted: ['sts:TagSession', 'iam:*'], found: ['sts:AssumeRole'] }),
    ));

  test.each<[actions: string[], notActions: boolean, covered: boolean]>([
    [['sts:AssumeRole'], false, true],
    [['x', 'STS:ASSUME*'], false, true],
    [['x', 'sts:AssumeRol'], false, false],
    [['sts:AssumeRole'], true, false],
    [['x'], true, true],
  ])('%j, left out %j: %j', (actions, notActions, covered) => {
    const statement = { label: '', effect: 'Allow', principal: '*', conditions: [] } as const;
    expect(coversAction({ ...statement, actions, notActions }, 'sts:AssumeRole')).toBe(covered);
  });
});

describe('the principal', () => {
  test.each<[string, unknown]>([
    ['by its ARN', { AWS: ROLE }],
    ['by its account', { AWS: ['x', '111111111111'] }],
    ['as everyone', '*'],
    ['as everyone of a type', { AWS: ['x', '*'] }],
  ])('is named %s', (_name, Principal) => expect(verdictOn({ Principal })).toEqual(APPLIES));

  test('is not named', () => {
    expect(verdictOn({ Principal: { AWS: ['x'], Service: ['y', ROLE] } })).toEqual(
      misses({ element: 'Principal', wanted: ['x', 'y', ROLE], found: [ROLE, '111111111111'] }),
    );
    expect(verdictOn({ Principal: { Federated: 'x' } })).toEqual(
      misses({ element: 'Principal', wanted: ['x'], found: [ROLE, '111111111111'] }),
    );
  });

  test.each<[string, unknown]>([
    ['everyone of another type', { Federated: '*' }],
    ['everyone of one of two types', { AWS: 'x', Federated: ['y', '*'] }],
    ['a name in other letter case', { AWS: ['x', ROLE.toLowerCase()] }],
  ])('may be named, because IAM does not document %s', (_name, Principal) =>
    expect(verdictOn({ Principal })).toEqual(leavesOpen({ part: 'Principal' })),
  );

  test('may have another name', () => {
    const mayBe = (name: string) => name === 'AIDAEXAMPLE';
    const principal = { ...QUESTION.principal, mayBe };
    expect(verdictOn({ Principal: { AWS: ['x', 'AIDAEXAMPLE'] } }, { principal })).toEqual(
      leavesOpen({ part: 'Principal' }),
    );
    expect(verdictOn({ Principal: { AWS: 'x' } }, { principal }).outcome).toBe('does not apply');
    expect(verdictOn({ Principal: { Service: 'AIDAEXAMPLE' } }, { principal }).outcome).toBe(
      'does not apply',
    );
  });

  test('may be left out', () => {
    const denial = { Effect: 'Deny', Principal: undefined, NotPrincipal: { AWS: ROLE } };
    expect(verdictOn(denial)).toEqual({ ...leavesOpen({ part: 'Principal' }), decision: 'denied' });
  });

  test.each<[Parameters<typeof isEveryone>[0], boolean]>([
    ['*', true],
    [{ AWS: ['x', '*'] }, true],
    [{ AWS: ['x'] }, false],
    [{ Federated: ['*'] }, false],
    [undefined, false],
  ])('%j is everyone: %j', (principal, everyone) => expect(isEveryone(principal)).toBe(everyone));
});

test.each<[Parameters<typeof isEveryone>[0], readonly string[]]>([
  [{ AWS: ['x'], Federated: ['y', 'z'] }, ['y', 'z']],
  [{ AWS: ['x'] }, []],
  ['*', []],
  [undefined, []],
])('%j names the providers %j', (principal, providers) => {
  const statement = { label: '', effect: 'Allow', actions: [], notActions: false, conditions: [] } as const;
  expect(providersIn({ ...statement, principal })).toEqual(providers);
});

describe('a condition', () => {
  test('is met', () =>
    expect(verdictOn({ Condition: { StringEquals: { 'STS:ExternalId': ['x-0', 'x-1'] } } })).toEqual(
      APPLIES,
    ));

  test('is not met', () =>
    expect(
      verdictOn({
        Condition: {
          StringEquals: { 'sts:ExternalId': ['x', 'y'], 'sts:SourceIdentity': 'z' },
          'ForAllValues:StringLike': { 'aws:TagKeys': 'a' },
        },
      }),
    ).toEqual(
      misses(
        {
          element: 'Condition',
          operator: 'StringEquals',
          key: 'sts:ExternalId',
          wanted: ['x', 'y'],
          found: ['x-1'],
        },
        {
          element: 'Condition',
          operator: 'StringEquals',
          key: 'sts:SourceIdentity',
          wanted: ['z'],
          found: [],
        },
        {
          element: 'Condition',
          operator: 'ForAllValues:StringLike',
          key: 'aws:TagKeys',
          wanted: ['a'],
          found: ['a', 'b'],
        },
      ),
    ));

  test.each<[string, string, unknown]>([
    ['its key is unknown', 'StringEquals aws:SourceVpc', { StringEquals: { 'aws:SourceVpc': 'x' } }],
    ['its operator is unknown', 'Odd sts:ExternalId', { Odd: { 'sts:ExternalId': 'x-1' } }],
    ['its value is a number', 'StringEquals sts:ExternalId', { StringEquals: { 'sts:ExternalId': 5 } }],
    ['it has no keys', 'StringEquals', { StringEquals: {} }],
  ])('is not evaluated when %s', (_name, part, Condition) => {
    const [, key = ''] = part.split(' ');
    expect(verdictOn({ Condition })).toEqual(leavesOpen({ part, key }));
  });

  test('is not evaluated when its value has a variable in a version without variables', () => {
    const Condition = { StringLike: { 'sts:ExternalId': 'x${*}*' } };
    expect(verdictOn({ Condition }, {}, '2008-10-17').outcome).toBe('undecided');
    expect(verdictOn({ Condition }).outcome).toBe('does not apply');
  });

  test('that is not met decides beside one that is not evaluated', () => {
    const Condition = { StringEquals: { 'sts:ExternalId': 'y', 'aws:SourceVpc': 'x' } };
    expect(verdictOn({ Condition })).toMatchObject({ outcome: 'does not apply', notEvaluated: [{}] });
  });
});

describe('a mismatch in one line', () => {
  const CONDITION = { element: 'Condition', operator: 'StringLike', key: 'aws:PrincipalArn' } as const;
  const SECRET = { element: 'Condition', operator: 'StringEquals', key: 'sts:ExternalID' } as const;

  test.each<[Mismatch, string]>([
    [{ element: 'Action', wanted: ['a', 'b'], found: ['c'] }, 'Action: wanted a | b; found c'],
    [{ element: 'Principal', wanted: [], found: ['c'] }, 'Principal: wanted (none); found c'],
    [
      { ...CONDITION, wanted: ['a'], found: ['b', 'c'] },
      'StringLike aws:PrincipalArn: wanted a; found b | c',
    ],
    [{ ...CONDITION, wanted: ['a'], found: [] }, 'StringLike aws:PrincipalArn: wanted a; found (none)'],
    [
      { ...SECRET, wanted: ['a'], found: ['b'] },
      'StringEquals sts:ExternalID: wanted a; found another value (not shown)',
    ],
    [{ ...SECRET, wanted: ['a'], found: [] }, 'StringEquals sts:ExternalID: wanted a; found (none)'],
  ])('%j', (mismatch, line) => expect(describeMismatch(mismatch)).toBe(line));
});
