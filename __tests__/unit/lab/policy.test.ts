import { describe, expect, test } from '@jest/globals';
import { allows, denies, holds, type PolicyDocument } from '../../../lab/policy.ts';

/** Computed by hand from the IAM User Guide, "IAM JSON policy elements: Condition operators". */
describe('condition operators', () => {
  test.each<[string, string[], string[], boolean]>([
    ['StringEquals', ['a'], ['a'], true],
    ['StringEquals', ['a'], ['A'], false],
    ['StringEquals', ['a'], ['b', 'a'], true],
    ['StringEquals', ['ab'], ['a*'], false],
    ['StringEquals', [], ['a'], false],
    ['StringNotEquals', ['a'], ['a'], false],
    ['StringNotEquals', ['a'], ['b', 'c'], true],
    ['StringNotEquals', ['a'], ['b', 'a'], false],
    ['StringNotEquals', [], ['a'], true],
    ['StringEqualsIgnoreCase', ['Org'], ['oRG'], true],
    ['StringLike', ['repo:o/r:ref:refs/heads/main'], ['repo:o/r:*'], true],
    ['StringLike', ['repo:o/r'], ['repo:o/?'], true],
    ['StringLike', ['repo:o/rr'], ['repo:o/?'], false],
    ['StringLike', ['repo:O/r:x'], ['repo:o/r:*'], false],
    ['StringLike', ['a.c'], ['abc'], false],
    ['StringLike', ['abc'], ['a.c'], false],
    ['StringNotLike', ['repo:o/r:x'], ['repo:o/*'], false],
    ['StringLikeIfExists', [], ['x'], true],
    ['StringLikeIfExists', ['y'], ['x'], false],
    ['StringEqualsIfExists', [], ['x'], true],
    ['StringEqualsIfExists', ['x'], ['x'], true],
    ['Bool', ['true'], ['true'], true],
    ['Bool', ['false'], ['true'], false],
    ['Bool', [], ['true'], false],
    ['BoolIfExists', [], ['true'], true],
    ['Null', [], ['true'], true],
    ['Null', ['x'], ['true'], false],
    ['Null', ['x'], ['false'], true],
    ['Null', [], ['false'], false],
    ['NumericLessThan', ['5'], ['10'], true],
    ['NumericGreaterThanEquals', ['10'], ['10'], true],
    ['DateGreaterThan', ['2026-01-02T00:00:00Z'], ['2026-01-01T00:00:00Z'], true],
    ['DateLessThan', ['2026-01-02T00:00:00Z'], ['2026-01-01T00:00:00Z'], false],
    ['ArnLike', ['arn:aws:iam::1:role/x'], ['arn:aws:iam::*:role/x'], true],
  ])('%s: %j against %j is %s', (operator, found, wanted, expected) => {
    expect(holds(operator, found, wanted)).toBe(expected);
  });

  /** IAM User Guide, "Set operators for multivalued context keys". */
  test.each<[string, string[], string[], boolean]>([
    ['ForAnyValue:StringEquals', ['a', 'b'], ['b', 'c'], true],
    ['ForAnyValue:StringEquals', ['a'], ['b', 'c'], false],
    ['ForAnyValue:StringEquals', [], ['b'], false],
    ['ForAllValues:StringEquals', ['a', 'b'], ['a', 'b', 'c'], true],
    ['ForAllValues:StringEquals', ['a', 'd'], ['a', 'b', 'c'], false],
    ['ForAllValues:StringEquals', [], ['a'], true],
    ['ForAllValues:StringLike', ['x/1', 'x/2'], ['x/*'], true],
    ['ForAnyValue:StringLike', ['y/1', 'x/2'], ['x/*'], true],
  ])('%s: %j against %j is %s', (operator, found, wanted, expected) => {
    expect(holds(operator, found, wanted)).toBe(expected);
  });

  test('an operator that the lab does not know is an error, not a yes', () => {
    expect(() => holds('StringSounds', ['a'], ['a'])).toThrow('StringSounds');
  });
});

describe('statements', () => {
  const federated = { Federated: 'arn:aws:iam::1:oidc-provider/x' };
  const policy: PolicyDocument = {
    Statement: [
      {
        Effect: 'Allow',
        Principal: federated,
        Action: 'sts:AssumeRole*',
        Condition: { StringLike: { 'x:sub': 'repo:*' } },
      },
      { Effect: 'Deny', Principal: '*', Action: '*', Condition: { StringEquals: { 'X:SUB': 'repo:bad' } } },
    ],
  };
  const ask = (sub: string, action = 'sts:AssumeRoleWithWebIdentity', id = federated.Federated) => ({
    action,
    principals: { type: 'Federated', ids: [id] } as const,
    context: new Map([['x:sub', [sub]]]),
  });

  test('allow what they name', () => expect(allows(policy, ask('repo:good'))).toBe(true));
  test('do not allow what no condition covers', () => expect(allows(policy, ask('other'))).toBe(false));
  test('do not allow another action', () =>
    expect(allows(policy, ask('repo:good', 'sts:TagSession'))).toBe(false));
  test('do not allow another principal', () =>
    expect(allows(policy, ask('repo:good', undefined, 'arn:other'))).toBe(false));
  test('a denial wins, and keys compare without case', () => {
    expect(allows(policy, ask('repo:bad'))).toBe(false);
    expect(denies(policy, ask('repo:bad'))).toBe(true);
  });
});
