import { describe, expect, test } from '@jest/globals';
import { parseProfilesText } from '../../../src/shared-config/profiles-text.ts';

test('sections have their settings with lines and nested blocks', () => {
  const text =
    '\uFEFF# top\r\n[profile a] ; note\r\n Role_ARN = x # the role\r\ns3 =\r\n  size = 1 # kept\r\n\r\n  # dropped\r\n\tcount = 2\r\n[b]\r\n';
  const { sections, problems } = parseProfilesText(text);
  expect(problems).toEqual([]);
  expect(sections.map(({ name, line, settings }) => [name, line, [...settings]])).toEqual([
    [
      'a',
      2,
      [
        ['role_arn', { value: 'x', nested: [], line: 3 }],
        ['s3', { value: '', nested: ['  size = 1 # kept', '\tcount = 2'], line: 4 }],
      ],
    ],
    ['b', 9, []],
  ]);
});

describe('the name of a profile', () => {
  test.each([
    ['[profile a]', 'a'],
    ['[ profile  "a" ]', 'a'],
    [`['a']`, 'a'],
    ['[a.b_c-1]', 'a.b_c-1'],
    ['[profile]', 'profile'],
  ])('in %j is %j', (header, name) => {
    expect(parseProfilesText(header)).toMatchObject({ sections: [{ name }], problems: [] });
  });

  test.each([
    '[profile a b]',
    '[a,b]',
    '[a/b]',
    '[a#b]',
    '[a',
    '[a]b',
    '[]',
    `[profile "'a'"]`,
    '[profile "a]',
  ])('is not in %j', (header) => {
    expect(parseProfilesText(header).problems).toMatchObject([{ line: 1, text: header }]);
  });
});

test('a setting can be as short as its key', () => {
  const { sections, problems } = parseProfilesText('[a]\nb=c\nd=');
  expect(problems).toEqual([]);
  expect([...(sections[0]?.settings ?? [])]).toEqual([
    ['b', { value: 'c', nested: [], line: 2 }],
    ['d', { value: '', nested: [], line: 3 }],
  ]);
});

test('a problem shows its part of the line, and what is wrong about it', () => {
  const text = '[a]\nKey = 1 # one\nkey = 2\nx y = 3\n[profile a] # again\n[a/b]';
  expect(parseProfilesText(text)).toMatchObject({
    sections: [{ name: 'a' }, { name: 'a' }, { name: 'in line 6' }],
    problems: [
      { line: 3, text: 'key', remark: 'also in line 2' },
      { line: 4, text: 'x y', remark: 'which has other characters' },
      { line: 5, text: '[profile a]', remark: 'also in line 1' },
      { line: 6, text: '[a/b]', remark: undefined },
    ],
  });
});

test('two headers that are not valid are two problems of their own', () => {
  expect(parseProfilesText('[a b]\n[c d]').problems).toMatchObject([
    { line: 1, remark: undefined },
    { line: 2, remark: undefined },
  ]);
});

test.each([
  ['a = b', 1, 'a header such as [profile deploy] first'],
  ['[a]\nb', 2, 'key = value'],
  ['[a]\n= b', 2, 'key = value'],
  ['[a]\na: x = y', 2, 'key = value, with a key of letters, digits, _, - and . only'],
  ['[a]\nb = c\rd', 2, 'a line without control characters'],
  ['[a]\nb = c\u2028d', 2, 'a line without control characters'],
  ['[a]\nb = 1\nB = 2\n  c = 3', 3, 'each key once'],
  ['[a]\n[profile a]', 2, 'each profile once'],
])('%j has a problem in line %i: expected %s', (text, line, expected) => {
  expect(parseProfilesText(text).problems).toMatchObject([{ line, expected }]);
});
