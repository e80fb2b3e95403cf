import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { linesOf } from '../../../src/shared-config/lexer.ts';

test('the lines of any text join to the text', () => {
  const piece = fc.oneof(
    fc.constantFrom('\n', '\r\n', '\r', '[a]', 'k = v', '  n = 1', '#', '\uFEFF'),
    fc.string(),
  );
  fc.assert(
    fc.property(fc.array(piece), (pieces) => {
      const text = pieces.join('');
      expect(
        linesOf(text)
          .map(({ raw }) => raw)
          .join(''),
      ).toBe(text);
    }),
  );
});

test('each line has one kind', () => {
  const text =
    '# top\n\n[profile a] # team a\n  region = x ; home\ns3 =\n  # note\n  size = 1\n\tcount = 2\nurl = http://x#y\n [b]\n  k = v';
  expect(linesOf(text).map(({ kind, content }) => `${kind}: ${content}`)).toEqual([
    'blank: ',
    'blank: ',
    'header: [profile a]',
    'setting: region = x',
    'setting: s3 =',
    'blank: ',
    'nested: size = 1',
    'nested: count = 2',
    'setting: url = http://x#y',
    'header: [b]',
    'setting: k = v',
  ]);
});

describe('a comment', () => {
  test.each([
    ['k = v   # note', 'k = v'],
    ['k = v\t; note # more', 'k = v'],
    ['k = v\r# note', 'k = v'],
    ['k = v #a\rb', 'k = v'],
    ['k = #v', 'k ='],
    ['k = v#1;2', 'k = v#1;2'],
    ['  ; k = v', ''],
    [' \t ', ''],
  ])('is no part of %j', (line, content) => {
    expect(linesOf(line)[0]?.content).toBe(content);
  });
});

describe('an indented line', () => {
  test.each([
    ['  k = v', 'setting'],
    ['[a]\n  k = v', 'setting'],
    ['[a]\n\n# note\n  k = v', 'setting'],
    ['x\n  k = v', 'nested'],
    ['x\n\n# note\n  k = v', 'nested'],
    ['x\n  y\n\tk = v', 'nested'],
    ['x\nk = v', 'setting'],
  ])('at the end of %j is a %s', (text, kind) => {
    expect(linesOf(text).at(-1)).toMatchObject({ kind });
  });
});

test('only a line feed, and a carriage return before it, end a line', () => {
  expect(linesOf('a\rb\r\nc\u2028d\n\ne')).toMatchObject([
    { raw: 'a\rb\r\n', text: 'a\rb' },
    { raw: 'c\u2028d\n', text: 'c\u2028d' },
    { raw: '\n', text: '' },
    { raw: 'e', text: 'e' },
  ]);
});

describe('a header', () => {
  test.each([
    ['[profile a]', 'profile a'],
    ['\uFEFF  [ profile \t a ]  # note', 'profile a'],
    [`[profile "a"]`, 'profile a'],
    [`[profile 'a b']`, 'profile a b'],
    ['[default]', 'default'],
    ['[]', ''],
    ['[x profile "a"]', 'x profile "a"'],
    ['[profile "a"b]', 'profile "a"b'],
    [`[profile "a']`, `profile "a'`],
    ['[a', undefined],
    ['[a]b', undefined],
    ['a]', undefined],
    ['#[a]', undefined],
  ])('%j is %j', (line, header) => {
    expect(linesOf(line)[0]?.header).toBe(header);
  });
});
