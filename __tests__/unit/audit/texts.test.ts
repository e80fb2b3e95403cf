import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ANY_NAME, isPlainName, namesOf } from '../../../src/audit/texts/filter-pattern.ts';
import {
  ANY_CHARACTER,
  ANYTHING,
  both,
  contains,
  either,
  exactly,
  type Language,
  NOTHING,
  not,
  oneOf,
  repeat,
  restAfter,
  sequence,
} from '../../../src/audit/texts/language.ts';
import { example, ignoringCase, relation } from '../../../src/audit/texts/relation.ts';
import { join, known, unknown, varies } from '../../../src/audit/texts/value.ts';

/** An IAM pattern. */
const like = (pattern: string): Language =>
  sequence(
    ...[...pattern].map((character) => {
      if (character === '*') return ANYTHING;
      return character === '?' ? ANY_CHARACTER : exactly(character);
    }),
  );

// GitHub Docs, "Workflow syntax for GitHub Actions", "Filter pattern cheat sheet": the patterns and their examples there.
describe('a pattern of a filter matches', () => {
  test.each([
    ['feature/*', ['feature/my-branch'], ['feature/a/b', 'feature', 'feature2/x']],
    ['feature/**', ['feature/beta-a/my-branch', 'feature/x'], ['feature']],
    ['main', ['main'], ['mains', 'amain']],
    ['releases/mona-the-octocat', ['releases/mona-the-octocat'], ['releases/mona']],
    ['*', ['main', 'releases'], ['all/the/branches']],
    ['**', ['all/the/branches', 'x'], ['with space', 'a:b']],
    ['*feature', ['mona-feature', 'feature', 'ver-10-feature'], ['a/feature']],
    ['v2*', ['v2', 'v2.0', 'v2.9'], ['v1', 'v2/x']],
    ['v[12].[0-9]+.[0-9]+', ['v1.10.1', 'v2.0.0'], ['v3.0.0', 'v1..1']],
    ['*.jsx?', ['page.js', 'page.jsx'], ['page.jsxx']],
    ['[CB]at', ['Cat', 'Bat'], ['cat', 'Rat']],
    ['[1-2]00', ['100', '200'], ['300']],
    ['a\\*b', ['a*b'], ['axb']],
    ['v+x', ['vx', 'vvvx'], ['x']],
    ['[', ['['], ['x']],
  ])('%s', (pattern, inside, outside) => {
    expect(inside.filter((name) => !contains(namesOf(pattern), name))).toEqual([]);
    expect(outside.filter((name) => contains(namesOf(pattern), name))).toEqual([]);
  });

  test('plain names and patterns are distinguished', () => {
    expect(['main', 'release/1.0', 'a-b_c'].every(isPlainName)).toBe(true);
    expect(['*', 'v?', 'v+', '[a]', '!x', 'a\\b'].some(isPlainName)).toBe(false);
  });
});

describe('the relation of two sets of texts', () => {
  const branches = sequence(exactly('repo:o/a:ref:refs/heads/'), ANY_NAME);
  test.each([
    [branches, like('repo:o/a:*'), 'inside'],
    [branches, like('repo:o/a:environment:*'), 'outside'],
    [branches, like('repo:o/a:ref:refs/heads/main'), 'partly'],
    [branches, like('repo:o/a:ref:refs/heads/* *'), 'outside'],
    [namesOf('release/**'), like('release/*'), 'inside'],
    [namesOf('release/*'), like('release/?*'), 'partly'],
    [both(ANY_NAME, not(exactly('main'))), like('mai?'), 'partly'],
    [both(ANY_NAME, not(exactly('main'))), exactly('main'), 'outside'],
    [either(exactly('a'), exactly('b')), oneOf('abc'), 'inside'],
    [either(exactly('a'), exactly('b')), oneOf('bc'), 'partly'],
    [NOTHING, exactly('x'), 'inside'],
    [repeat(exactly('ab')), like('*a*'), 'partly'],
    [repeat(exactly('ab')), like('*ba*'), 'partly'],
    [sequence(exactly('ab'), repeat(exactly('ab'))), like('a*b'), 'inside'],
    [like('*a*b*c*d*e*f*g?????????????????????????a'), like('*g*?????????????????????h*f*e*d*'), 'unknown'],
  ] as const)('case %#', (language, other, expected) => {
    expect(relation(language, other)).toBe(expected);
  });

  test('a text of the one and not of the other', () => {
    expect(example(both(namesOf('v[12].[0-9]+'), not(exactly('v1.0'))))).toEqual({ text: 'v1.1' });
    expect(example(both(namesOf('v*'), exactly('w')))).toBeUndefined();
  });

  test('without regard to case', () => {
    expect(contains(ignoringCase(namesOf('Release/[a-b]+')), 'rELEASE/Ab')).toBe(true);
    expect(contains(ignoringCase(exactly('main')), 'mains')).toBe(false);
  });

  test('what can follow', () => {
    expect(contains(restAfter(like('refs/heads/*/x'), 'refs/heads/'), 'a/x')).toBe(true);
    expect(restAfter(exactly('abc'), 'x')).toBe(NOTHING);
  });

  test('drawn patterns and texts: sets agree with matching one by one', () => {
    const piece = fc.constantFrom('a', 'b', '*', '?', '**', '[ab]', '/');
    const pattern = fc.array(piece, { maxLength: 5 }).map((pieces) => pieces.join(''));
    const text = fc.array(fc.constantFrom('a', 'b', '/', 'c'), { maxLength: 6 }).map((all) => all.join(''));
    fc.assert(
      fc.property(pattern, pattern, text, (one, other, name) => {
        const [a, b] = [namesOf(one), like(other.replaceAll(/[[\]]/g, ''))];
        const [inA, inB] = [contains(a, name), contains(b, name)];
        expect(contains(both(a, b), name)).toBe(inA && inB);
        expect(contains(either(a, b), name)).toBe(inA || inB);
        expect(contains(not(a), name)).toBe(!inA);
        const found = relation(a, b);
        if (inA && inB) expect(found).not.toBe('outside');
        if (inA && !inB) expect(found).not.toBe('inside');
        const some = example(both(a, b));
        if (typeof some === 'object') expect(contains(a, some.text) && contains(b, some.text)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});

test('values in a row keep what is open and why', () => {
  expect(join('a:', known('b'))).toMatchObject({ kind: 'known', text: 'a:b' });
  const branch = varies('release/*', namesOf('release/*'), 'a filter');
  expect(join('ref:', branch)).toMatchObject({
    kind: 'varies',
    shown: 'ref:release/*',
    reasons: ['a filter'],
  });
  const secret = unknown('${{ secrets.X }}', 'a secret');
  const both = join(branch, ':', secret, secret);
  expect(both).toMatchObject({ kind: 'unknown', reasons: ['a filter', 'a secret'] });
  expect(contains(both.language, 'release/1:anything')).toBe(true);
  expect(contains(both.language, 'main:anything')).toBe(false);
});
