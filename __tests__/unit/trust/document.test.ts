import { describe, expect, test } from '@jest/globals';
import { parseTrustPolicy } from '../../../src/trust/document.ts';

const ALLOW = { Effect: 'Allow', Principal: '*', Action: 'sts:AssumeRole' };
const document = (Statement: unknown, more: object = {}) =>
  JSON.stringify({ Version: '2012-10-17', Statement, ...more });
/** A document of one statement: one that IAM saves, with these changes. */
const statement = (changes: object) => document({ ...ALLOW, ...changes });
const withConditions = (Condition: unknown) => statement({ Condition });

function statementsOf(text: string) {
  const policy = parseTrustPolicy(text);
  if ('unreadable' in policy) throw new Error(policy.unreadable);
  return policy.statements;
}
const firstOf = (text: string) => statementsOf(text)[0];

describe('a trust policy', () => {
  const READ = {
    label: 'statement 1',
    effect: 'Allow',
    principal: '*',
    actions: ['sts:AssumeRole'],
    notActions: false,
    conditions: [],
  };

  test('is read from the document itself, or from the output of aws iam get-role', () => {
    expect(statementsOf(document(ALLOW))).toEqual([READ]);
    const Role = { RoleName: 'deploy', AssumeRolePolicyDocument: JSON.parse(document([ALLOW])) };
    expect(statementsOf(JSON.stringify({ Role }))).toEqual([READ]);
  });

  test('can have an ID, no version or the old one, and several statements', () => {
    const both = [READ, { ...READ, label: 'statement 2', effect: 'Deny' }];
    const Statement = [ALLOW, { ...ALLOW, Effect: 'Deny' }];
    expect(statementsOf(document(Statement, { Id: 'x', Version: '2008-10-17' }))).toEqual(both);
    expect(statementsOf(JSON.stringify({ Statement }))).toEqual(both);
  });

  test.each<[string, object, object]>([
    ['a Sid', { Sid: 'Deploy' }, { label: 'Deploy' }],
    ['an empty Sid', { Sid: '' }, { label: 'statement 1' }],
    ['several actions', { Action: ['a', 'b'] }, { actions: ['a', 'b'] }],
    ['actions left out', { Action: undefined, NotAction: ['a'] }, { actions: ['a'], notActions: true }],
    ['a principal', { Principal: { AWS: 'a' } }, { principal: { AWS: ['a'] } }],
    [
      'principals of every type',
      { Principal: { AWS: ['a', '*'], Federated: 'b', Service: 'c', CanonicalUser: 'd' } },
      { principal: { AWS: ['a', '*'], Federated: ['b'], Service: ['c'], CanonicalUser: ['d'] } },
    ],
    [
      'principals left out',
      { Effect: 'Deny', Principal: undefined, NotPrincipal: { AWS: 'a' } },
      { effect: 'Deny', principal: undefined },
    ],
  ])('with %s', (_name, changes, read) => expect(firstOf(statement(changes))).toEqual({ ...READ, ...read }));

  test.each<[string, object, readonly object[]]>([
    [
      'several operators and keys',
      { A: { k: 'x', l: ['y', 'z'] }, B: { k: [] } },
      [
        { operator: 'A', key: 'k', values: ['x'] },
        { operator: 'A', key: 'l', values: ['y', 'z'] },
        { operator: 'B', key: 'k', values: [] },
      ],
    ],
    ['a boolean', { A: { k: [true, 'x'] } }, [{ operator: 'A', key: 'k', values: ['true', 'x'] }]],
    ['a variable', { A: { k: '${aws:x}' } }, [{ operator: 'A', key: 'k', values: ['${aws:x}'] }]],
    [
      'a number, which JSON writes in several ways',
      { A: { k: ['x', 10] } },
      [{ operator: 'A', key: 'k', values: ['x', '10'], unclear: true }],
    ],
    ['no keys', { A: {} }, [{ operator: 'A', key: '', values: [], unclear: true }]],
  ])('whose condition has %s', (_name, Condition, conditions) =>
    expect(firstOf(withConditions(Condition))?.conditions).toEqual(conditions),
  );

  test.each(['2008-10-17', undefined])('of version %s has no variables, so they are unclear', (Version) => {
    const Condition = { A: { k: ['x', '${aws:x}'], l: '$x' } };
    expect(firstOf(document({ ...ALLOW, Condition }, { Version }))?.conditions).toEqual([
      { operator: 'A', key: 'k', values: ['x', '${aws:x}'], unclear: true },
      { operator: 'A', key: 'l', values: ['$x'] },
    ]);
  });
});

describe('a document that is not read', () => {
  const TYPES = 'AWS, Federated, Service, CanonicalUser';

  test.each<[text: string, unreadable: string]>([
    ['{', 'text that is not a JSON object'],
    ['[]', 'text that is not a JSON object'],
    ['null', 'text that is not a JSON object'],
    ['"a"', 'text that is not a JSON object'],
    [document([ALLOW]).replace('{', '{"Statement":[],'), 'line 1: a duplicate key'],
    ['{}', 'no Statement'],
    [document([]), 'no Statement'],
    ['{"Role":{"AssumeRolePolicyDocument":{}}}', 'no Statement'],
    ['{"Role":{}}', 'no Statement'],
    ['{"Role":null}', 'no Statement'],
    [document(ALLOW, { Extra: 1 }), 'an element that trust policies do not have: Extra'],
    [document(ALLOW, { Role: {} }), 'an element that trust policies do not have: Role'],
    [document(ALLOW, { 'a b': 1 }), 'an element that trust policies do not have: a name of 3 characters'],
    [
      document(ALLOW, { [`-${'a'.repeat(32)}`]: 1 }),
      'an element that trust policies do not have: a name of 33 characters',
    ],
    [
      document(ALLOW, { [`${'a'.repeat(32)}-`]: 1 }),
      'an element that trust policies do not have: a name of 33 characters',
    ],
    [
      document(ALLOW, { ['a'.repeat(32)]: 1 }),
      `an element that trust policies do not have: ${'a'.repeat(32)}`,
    ],
    [document(ALLOW, { Version: '2020-01-01' }), 'a Version other than 2012-10-17 or 2008-10-17'],
    [document(ALLOW, { Version: null }), 'a Version other than 2012-10-17 or 2008-10-17'],
  ])('%.60s: %s', (text, unreadable) => expect(parseTrustPolicy(text)).toEqual({ unreadable }));

  test('is longer than IAM accepts, not counting white space', () => {
    const around = document(ALLOW, { Id: '' }).length;
    const longest = JSON.parse(document(ALLOW, { Id: 'x'.repeat(16_384 - around) }));
    expect(statementsOf(JSON.stringify(longest, undefined, 8))).toHaveLength(1);
    expect(parseTrustPolicy(JSON.stringify({ ...longest, Id: `${longest.Id}x` }))).toEqual({
      unreadable: '16385 characters without white space, more than IAM accepts',
    });
  });

  test.each<[changes: object, unreadable: string]>([
    [{ Effect: undefined }, 'an Effect other than Allow or Deny'],
    [{ Effect: 'allow' }, 'an Effect other than Allow or Deny'],
    [{ Action: undefined }, 'no Action'],
    [{ NotAction: 'a' }, 'both Action and NotAction'],
    [{ Principal: undefined }, 'no Principal'],
    [{ Effect: 'Deny', NotPrincipal: '*' }, 'both Principal and NotPrincipal'],
    [{ Principal: undefined, NotPrincipal: '*' }, 'NotPrincipal without the Effect Deny'],
    [{ Resource: '*' }, 'an element that trust policies do not have: Resource'],
    [{ Action: [] }, 'an Action that is not text'],
    [{ Action: ['a', 1] }, 'an Action that is not text'],
    [{ Action: null }, 'an Action that is not text'],
    [{ Principal: 'arn' }, 'a Principal that is neither * nor an object'],
    [{ Principal: ['*'] }, 'a Principal that is neither * nor an object'],
    [{ Principal: null }, 'a Principal that is neither * nor an object'],
    [{ Principal: {} }, 'a Principal without names'],
    [{ Principal: { aws: '*' } }, `a Principal of a type other than ${TYPES}`],
    [{ Principal: { AWS: [] } }, 'a Principal of type AWS that is not text'],
    [{ Principal: { AWS: ['a', 1] } }, 'a Principal of type AWS that is not text'],
    [
      { Principal: { Service: ['a', 'b*'] } },
      'a Principal of type Service with a wildcard in its name, which IAM does not accept',
    ],
    [
      { Principal: { AWS: 'a?' } },
      'a Principal of type AWS with a wildcard in its name, which IAM does not accept',
    ],
    [{ Condition: 'a' }, 'a Condition that is not an object'],
    [{ Condition: null }, 'a Condition that is not an object'],
    [{ Condition: { A: 'k' } }, 'a condition operator without an object of keys and values'],
    [{ Condition: { A: { k: 'a', K: 'b' } } }, 'a condition operator with a duplicate key'],
    [{ Condition: { A: { k: ['a', null] } } }, 'a condition value that is not text, a number or a boolean'],
    [{ Condition: { A: { k: {} } } }, 'a condition value that is not text, a number or a boolean'],
  ])('has a statement with %j: %s', (changes, unreadable) => {
    const broken = { Sid: 'Broken', ...ALLOW, ...changes };
    expect(parseTrustPolicy(document([ALLOW, broken]))).toEqual({ unreadable: `statement 2: ${unreadable}` });
  });

  test.each([['a'], [1], [null], [[]]])('has a statement that is %j', (value) =>
    expect(parseTrustPolicy(document([value]))).toEqual({
      unreadable: 'statement 1: a value that is not an object',
    }),
  );
});
