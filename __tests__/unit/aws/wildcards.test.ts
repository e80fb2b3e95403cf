import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  ANY_ONE,
  ANY_TEXT,
  like,
  literal,
  matchesAll,
  memberOf,
  unitsOf,
} from '../../../src/aws/wildcards.ts';

describe('a pattern taken apart', () => {
  test.each<[string, ReturnType<typeof unitsOf>]>([
    ['', []],
    ['a*?b', ['a', ANY_TEXT, ANY_ONE, 'b']],
    ['a***b', ['a', ANY_TEXT, 'b']],
    ['*?*', [ANY_TEXT, ANY_ONE, ANY_TEXT]],
    ['${*}${?}${$}', ['*', '?', '$']],
    ['${a}$', ['$', '{', 'a', '}', '$']],
    ['\u{1f680}\n', ['\u{1f680}', '\n']],
  ])('%j', (pattern, units) => expect(unitsOf(pattern)).toEqual(units));
});

describe('like', () => {
  test.each<[text: string, pattern: string, matches: boolean]>([
    ['', '', true],
    ['a', '', false],
    ['', '*', true],
    ['', '**', true],
    ['', '?', false],
    ['ab', 'ab', true],
    ['abc', 'ab', false],
    ['axb', 'ab', false],
    ['xab', '*ab', true],
    ['abx', '*ab', false],
    ['xab', 'ab*', false],
    ['abx', 'ab*', true],
    ['aXb', 'a?b', true],
    ['ab', 'a?b', false],
    ['aXYb', 'a?b', false],
    // What stands before and what stands after a `*` do not overlap.
    ['aba', 'ab*ba', false],
    ['abba', 'ab*ba', true],
    ['a', 'a*a', false],
    // Parts between two `*` stand one after the other.
    ['a1b2c', 'a*b*c', true],
    ['a1b2c', 'a*b**c', true],
    ['acb', 'a*b*c', false],
    ['a-bc-d', 'a*bc*d', true],
    ['a-bd', 'a*bc*d', false],
    ['xabay', 'x*ab*ba*y', false],
    ['xabbay', 'x*ab*ba*y', true],
    ['xaby', 'x*ab*y', true],
    ['xaby', 'x*b*y', true],
    ['xab', 'x*b*b', false],
    ['xabb', 'x*b*b', true],
    // The start that fails is not the last one.
    ['x-aab-y', 'x*ab*y', true],
    ['x-ababc-y', 'x*abc*y', true],
    // `?` between two `*`.
    ['xa1cy', 'x*a?c*y', true],
    ['xacy', 'x*a?c*y', false],
    ['xaacy', 'x*a?c*y', true],
    ['xa1b2cy', 'x*a?b?c*y', true],
    ['xa1b2dy', 'x*a?b?c*y', false],
    ['xy', 'x*?*y', false],
    ['x1y', 'x*?*y', true],
    ['x1y', 'x*??*y', false],
    ['x12y', 'x*??*y', true],
    // Escapes.
    ['a*', 'a${*}', true],
    ['ab', 'a${*}', false],
    ['a?$', 'a${?}${$}', true],
    ['1*2', '*${*}*', true],
    ['1-2', '*${*}*', false],
    // A character outside the Basic Multilingual Plane is one character.
    ['a\u{1f680}b', 'a?b', true],
    ['a\u{1f680}b', 'a??b', false],
    ['-\u{1f680}-', '*\u{1f680}*', true],
    ['a\nb', 'a?b', true],
  ])('%j against %j: %j', (text, pattern, matches) => expect(like(text, pattern)).toBe(matches));

  test('agrees with a regular expression', () => {
    const part = fc.constantFrom('a', 'b', '?', '*', '.');
    const pattern = fc.array(part, { maxLength: 8 }).map((parts) => parts.join(''));
    const text = fc.array(fc.constantFrom('a', 'b', '.'), { maxLength: 8 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, pattern, (drawn, by) => {
        const source = by.replaceAll('.', String.raw`\.`).replaceAll('?', '.').replaceAll('*', '.*');
        expect(like(drawn, by)).toBe(new RegExp(`^${source}$`).test(drawn));
      }),
      { numRuns: 2000 },
    );
  });

  test('finds a part of more characters than a machine word has bits', () => {
    const part = 'ab'.repeat(50);
    expect(like(`-${part}a-`, `-*${part}a*-`)).toBe(true);
    expect(like(`-${part}b-`, `-*${part}a*-`)).toBe(false);
  });
});

describe('a member of a pattern', () => {
  test.each<[pattern: string, member: string]>([
    ['', ''],
    ['main', 'main'],
    ['*', 'FILLER'],
    ['**', 'FILLER'],
    ['release/*', 'release/x'],
    ['release/**', 'release/x'],
    ['release*', 'release'],
    ['v1**', 'v1'],
    ['V*', 'V'],
    ['*-app', 'x-app'],
    ['v?', 'vx'],
    ['?*', 'xx'],
    ['*?', 'xx'],
    ['a${*}b', 'a*b'],
    ['${?}${$}', '?$'],
    ['${*}*', '*x'],
  ])('%j: %j', (pattern, member) => {
    expect(memberOf(pattern, 'FILLER')).toBe(member);
    expect(like(member, pattern)).toBe(true);
  });
});

test.each([
  ['*', true],
  ['***', true],
  ['', false],
  ['?', false],
  ['a*', false],
  ['*a', false],
  ['${*}', false],
])('%j matches all texts: %j', (pattern, all) => expect(matchesAll(pattern)).toBe(all));

test('without wildcards, * and ? are characters, with or without an escape', () =>
  expect(literal('*${*}?${?}${$}{a}${a}')).toBe('**??${a}${a}'));
