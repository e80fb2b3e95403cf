import { describe, expect, test } from '@jest/globals';
import { claimConditions } from '../../../src/trust/claim-conditions.ts';
import { conditionFindings } from '../../../src/trust/condition-findings.ts';
import { parseTrustPolicy } from '../../../src/trust/document.ts';

const G = 'token.actions.githubusercontent.com';
const MAIN = 'repo:octo-org/octo-app:ref:refs/heads/main';
type Conditions = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** The findings in a statement with these conditions. Keys without a colon are claims. */
function findingsIn(Condition: Conditions) {
  const named = Object.entries(Condition).map(([operator, keys]) => [
    operator,
    Object.fromEntries(
      Object.entries(keys).map(([key, values]) => [key.includes(':') ? key : `${G}:${key}`, values]),
    ),
  ]);
  const allow = { Effect: 'Allow', Principal: '*', Action: '*', Condition: Object.fromEntries(named) };
  const policy = parseTrustPolicy(JSON.stringify({ Version: '2012-10-17', Statement: allow }));
  if ('unreadable' in policy) throw new Error(policy.unreadable);
  const [statement] = policy.statements;
  if (statement === undefined) throw new Error('there is no statement');
  const conditions = claimConditions(statement, G);
  return conditionFindings({ policy, statement, provider: G, conditions, token: undefined });
}
const shown = (Condition: Conditions) =>
  findingsIn(Condition).map(({ id, key, problem }) => `${id} ${key}: ${problem}`);
const AUD = { aud: 'sts.amazonaws.com' };

describe('a condition on the audience', () => {
  const NONE =
    'no-audience-condition undefined: no condition requires an audience, so tokens for other services get in';

  test.each<[string, Conditions]>([
    ['equals', { StringEquals: AUD }],
    ['equals one of several', { StringEquals: { aud: ['a', 'b'] } }],
    ['looks like', { StringLike: { aud: 'sts.*' } }],
    ['is a number', { StringEquals: { aud: 5 } }],
    ['is not evaluated', { StringEquals: { aud: '${aws:x}' } }],
    ['is among', { 'ForAnyValue:StringEquals': AUD }],
    ['has its key in other letter case', { StringEquals: { [`${G.toUpperCase()}:AUD`]: 'x' } }],
  ])('requires one: %s', (_name, Condition) => expect(shown(Condition)).toEqual([]));

  test.each<[string, Conditions]>([
    ['none', {}],
    ['on another claim', { StringEquals: { sub: MAIN } }],
    ['on an audience of another provider', { StringNotEquals: { 'gitlab.example:aud': 'x' } }],
    ['that any audience meets', { StringLike: { aud: ['a', '*'] } }],
    ['that excludes one', { StringNotEquals: AUD }],
    ['that a missing claim meets', { StringEqualsIfExists: AUD }],
  ])('requires none: %s', (_name, Condition) => expect(shown(Condition)).toEqual([NONE]));
});

describe('a wildcard under an operator without wildcards', () => {
  const problem = (operator: string, value: string) =>
    `wildcard-in-equals ${G}:workflow: ${operator} ${G}:workflow compares * and ? as plain characters, so ${value} matches no token`;

  test.each(['StringEquals', 'StringEqualsIgnoreCase', 'StringEqualsIfExists', 'ForAnyValue:StringEquals'])(
    '%s',
    (operator) => {
      const workflow = ['a', 'b*', 'c?', '${*}', '${?}d', '${*}*', '${$}'];
      const onAudience = operator === 'StringEquals' ? { StringLike: AUD } : { StringEquals: AUD };
      expect(shown({ ...onAudience, [operator]: { workflow } })).toEqual([
        problem(operator, 'b*'),
        problem(operator, 'c?'),
        problem(operator, '${*}*'),
      ]);
    },
  );

  test.each(['StringLike', 'StringNotEquals', 'StringLikeIfExists'])('is none under %s', (operator) =>
    expect(shown({ StringEquals: AUD, [operator]: { workflow: 'b*' } })).toEqual([]),
  );

  test('has the operator to use in its remedy', () =>
    expect(findingsIn({ StringEquals: { ...AUD, workflow: '*' } })[0]?.remedy).toBe('Use StringLike.'));
});

describe('a claim that STS may not read', () => {
  test.each<[claim: string, unsupported: boolean]>([
    ['repository_owner', true],
    ['event_name', true],
    ['repo_property_team', true],
    ['repository_id', false],
    ['sub', false],
    ['iss', false],
    ['odd', false],
  ])('%s: %j', (claim, unsupported) => {
    const key = `${G}:${claim}`;
    const finding = `unsupported-claim ${key}: AWS does not document the condition key ${key}, so STS may not read this claim`;
    expect(shown({ StringEquals: AUD, StringNotEquals: { [claim]: 'x' } })).toEqual(
      unsupported ? [finding] : [],
    );
  });
});

describe('ForAllValues', () => {
  const forAll = { StringEquals: AUD, 'ForAllValues:StringLike': { workflow: 'x' } };

  test('is met by a token without the claim', () => {
    expect(shown(forAll)).toEqual([
      `for-all-values ${G}:workflow: ForAllValues:StringLike ${G}:workflow is met by a token without that claim`,
    ]);
    expect(findingsIn(forAll)[0]?.remedy).toBe(
      'Use StringLike. Set operators are for keys with several values.',
    );
  });

  test('is met by a request without the key, which is of no provider', () =>
    expect(shown({ StringEquals: AUD, 'ForAllValues:StringEquals': { 'aws:TagKeys': 'x' } })).toEqual([
      'for-all-values aws:TagKeys: ForAllValues:StringEquals aws:TagKeys is met by a token without that claim',
    ]));

  test.each<[string, Conditions]>([
    ['beside Null', { ...forAll, Null: { workflow: 'false' } }],
    ['of another kind', { StringEquals: AUD, 'ForAnyValue:StringLike': { workflow: 'x' } }],
  ])('is harmless %s', (_name, Condition) => expect(shown(Condition)).toEqual([]));

  test('beside Null for another claim is met all the same', () =>
    expect(shown({ ...forAll, Null: { sub: 'false' } })).toHaveLength(1));
});

describe('a key that no token has', () => {
  const finding = (key: string) => `never-matches ${key}: tokens of ${G} have no value for ${key}`;

  test.each([`${G}:iss`, `${G}:odd`, `${G}:`, 'gitlab.example:sub', `${G}.example:sub`])('%s', (key) => {
    expect(shown({ StringEquals: { [key]: 'x' } })).toEqual([finding(key)]);
    expect(shown({ StringLike: { [key]: '*' } })).toEqual([finding(key)]);
  });

  test.each<[string, Conditions]>([
    ['excludes values', { StringNotEquals: { 'gitlab.example:sub': 'x' } }],
    ['is met without the key', { StringEqualsIfExists: { 'gitlab.example:sub': 'x' } }],
    ['asks for the absence of the key', { Null: { 'gitlab.example:sub': 'true' } }],
    ['is on a key of AWS', { StringEquals: { 'sts:RoleSessionName': 'x', 'aws:x': 'y' } }],
    ['has the key in other letter case', { StringEquals: { [`${G.toUpperCase()}:SUB`]: MAIN } }],
  ])('does not matter where the condition %s', (_name, Condition) =>
    expect(shown({ StringLike: AUD, ...Condition })).toEqual([]),
  );

  test('of a set operator is reported as such', () =>
    expect(shown({ StringEquals: AUD, 'ForAllValues:StringEquals': { 'gitlab.example:sub': 'x' } })).toEqual([
      'for-all-values gitlab.example:sub: ForAllValues:StringEquals gitlab.example:sub is met by a token without that claim',
    ]));

  test('makes the other findings superfluous', () =>
    expect(shown({ StringEquals: { 'gitlab.example:sub': 'x', workflow: '*' } })).toEqual([
      finding('gitlab.example:sub'),
    ]));
});

describe('a subject', () => {
  const finding = (value: string) =>
    `never-matches ${G}:sub: GitHub issues no token with the subject ${value}`;

  test.each([
    MAIN,
    'repo:octo-org/octo-app',
    'repo:octo-org@9919/octo-app@74:environment:prod',
    'repo:octo-org/octo-app:pull_request',
    'repo:octo-org/octo-app:pull_request:actor:octocat',
    'repository_id:74:ref:refs/tags/v1',
    'actor:repo:environment:x',
    'repo:octo-org/octo-app:actor:',
    'repo_property_team:a',
  ])('that a token can have: %s', (sub) => {
    expect(shown({ StringEquals: { ...AUD, sub } })).toEqual([]);
    expect(shown({ StringEquals: AUD, StringLike: { sub } })).toEqual([]);
  });

  test.each([
    'octo-org/octo-app',
    'repo',
    'repo:octo-org',
    'repo:octo-org/octo-app/x',
    'repo:octo-org@9919/octo-app',
    'repo:octo-org/octo-app@74',
    'repo:octo-org@x/octo-app@74',
    'repo:octo-org@9919/octo-app@74x',
    'repo:x/octo-org@9919/octo-app@74',
    'repo:octo-org/octo-app:main',
    'repo:octo-org/octo-app:ref',
    'repo:octo-org/octo-app:ref:main',
    'repo:octo-org/octo-app:environment',
    'repo:octo-org/octo-app:environment:',
    'repo:octo-org/octo-app:pull_request:x',
    'repo:octo-org/octo-app:ref:refs/heads/main:x',
    '',
  ])('that no token has: %s', (sub) => {
    expect(shown({ StringEquals: { ...AUD, sub } })).toEqual([finding(sub)]);
    expect(shown({ StringEquals: AUD, StringLike: { sub } })).toEqual([finding(sub)]);
  });

  test.each([
    '*',
    'r*',
    'repo:*',
    'repo:octo-*',
    'repo:octo-org/octo-app*',
    'repo:octo-org/octo-app:*',
    'repo:octo-org/octo-app:p*',
    'repo:octo-org/octo-app:ref:*',
    'repo:octo-org/octo-app:ref:re*',
    'repo:octo-org/octo-app:ref:refs/*',
    'repo:octo-org/octo-app:ref:refs/heads/*',
    'repo:octo-org/octo-app:ref:refs?heads/main',
    'repo:octo-org/octo-app:environment:*',
    'repo:octo-org/octo-app:pull_request*',
    'repo:octo-org/octo-app:pull_request:*',
    'repo:octo-org/octo-app:actor:ref*',
  ])('pattern that a token can have: %s', (sub) =>
    expect(shown({ StringEquals: AUD, StringLike: { sub } })).toEqual([]),
  );

  test.each([
    'octo-org/octo-app:*',
    'repo:octo-org:*',
    'repo:octo-org/octo-app:ref:main*',
    'repo:octo-org/octo-app:ref:heads/*',
    'repo:octo-org/octo-app:ref:fs/*',
    'repo:octo-org/octo-app:ref:main:*',
    'repo:octo-org/octo-app:main:*',
    'repo:octo-org/octo-app:environment::*',
  ])('pattern that no token has: %s', (sub) =>
    expect(shown({ StringEquals: AUD, StringLike: { sub } })).toEqual([finding(sub)]),
  );

  test('is a value of each condition that lists subjects, and of no other', () => {
    const sub = ['x', MAIN, 'y'];
    expect(shown({ StringEquals: { ...AUD, sub } })).toEqual([finding('x'), finding('y')]);
    expect(shown({ StringEquals: AUD, StringNotEquals: { sub } })).toEqual([]);
    expect(shown({ StringEquals: { ...AUD, workflow: sub } })).toEqual([]);
  });

  test('with a plain * is reported as a wildcard alone', () =>
    expect(shown({ StringEquals: { ...AUD, sub: ['x*', 'x?'] } })).toEqual(
      ['x*', 'x?'].map(
        (value) =>
          `wildcard-in-equals ${G}:sub: StringEquals ${G}:sub compares * and ? as plain characters, so ${value} matches no token`,
      ),
    ));
});

describe('conditions that no value meets', () => {
  const finding = `never-matches ${G}:workflow: no value meets all conditions on ${G}:workflow`;

  test.each<[string, Conditions]>([
    ['a value, and another', { StringEquals: { workflow: 'a' }, StringEqualsIgnoreCase: { workflow: 'b' } }],
    ['a value, and a pattern', { StringEquals: { workflow: ['a', 'b'] }, StringLike: { workflow: 'c*' } }],
    ['a value, and its exclusion', { StringEquals: { workflow: 'a' }, StringNotLike: { workflow: '*' } }],
    ['a value, and none', { StringEquals: { workflow: 'a' }, Null: { workflow: 'true' } }],
  ])('%s', (_name, Condition) =>
    expect(shown({ 'ForAnyValue:StringEquals': AUD, ...Condition })).toEqual([finding]),
  );

  test.each<[string, Conditions]>([
    ['lists with a common value', { StringEquals: { workflow: ['a', 'b'] }, StringLike: { workflow: 'b*' } }],
    ['patterns', { StringLike: { workflow: 'a' }, 'ForAnyValue:StringLike': { workflow: 'b' } }],
    ['exclusions', { StringNotEquals: { workflow: 'a' }, StringNotLike: { workflow: '*' } }],
    ['other claims', { StringEquals: { workflow: 'a' }, StringLike: { actor: 'b' } }],
    ['an empty list', { StringEquals: { workflow: [] } }],
    ['an operator that is not evaluated', { StringEquals: { workflow: 'a' }, Odd: { workflow: 'b' } }],
  ])('are not found: %s', (_name, Condition) =>
    expect(shown({ 'ForAnyValue:StringEquals': AUD, ...Condition })).toEqual([]),
  );
});
