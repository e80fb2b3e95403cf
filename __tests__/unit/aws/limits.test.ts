import { describe, expect, test } from '@jest/globals';
import { forRoleChaining } from '../../../src/aws/durations.ts';
import * as limits from '../../../src/aws/limits.ts';

const TEXTS = Object.entries(limits).flatMap(([name, limit]) =>
  typeof limit === 'object' ? [[name, limit] as const] : [],
);

test('all limits of texts are found', () => {
  expect(TEXTS.map(([name]) => name)).toContain('SESSION_NAME');
  expect(TEXTS).toHaveLength(8);
});

describe.each(TEXTS)('%s', (_name, { min, max, pattern }) => {
  test.each([
    [min - 1, false],
    [min, true],
    [max, true],
    [max + 1, false],
  ])('%i characters: %s', (length, expected) => {
    expect(pattern.test('1'.repeat(length))).toBe(expected);
  });

  test('one line', () => {
    expect(pattern.test(`${'1'.repeat(min)}\n`)).toBe(false);
  });
});

test.each([
  [
    { kind: 'seconds', seconds: 43_200 },
    { kind: 'seconds', seconds: 3600 },
  ],
  [
    { kind: 'seconds', seconds: 900 },
    { kind: 'seconds', seconds: 900 },
  ],
  [
    { kind: 'longest', limitSeconds: 129_600 },
    { kind: 'seconds', seconds: 3600 },
  ],
  [
    { kind: 'cut', seconds: 60 },
    { kind: 'cut', seconds: 60 },
  ],
] as const)('%j is %j by role chaining', (wished, expected) => {
  expect(forRoleChaining(wished)).toEqual(expected);
});
