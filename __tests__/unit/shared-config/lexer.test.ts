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

describe('a header', () => {
  test.each([
    ['[profile a]', 'profile a'],
    ['\uFEFF  [ profile \t a ]  # note', 'profile a'],
    [`[profile "a"]`, 'profile a'],
    [`[profile 'a b']`, 'profile a b'],
    ['[default]', 'default'],
    ['[]', ''],
    ['[a', undefined],
    ['[a]b', undefined],
    ['a]', undefined],
    ['#[a]', undefined],
  ])('%j is %j', (line, header) => {
    expect(linesOf(line)[0]?.header).toBe(header);
  });
});
