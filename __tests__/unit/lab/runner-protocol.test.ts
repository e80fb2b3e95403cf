import { describe, expect, test } from '@jest/globals';
import { parseCommand, parseCommandFile, renderLog } from '../../../lab/runner-protocol.ts';

describe('commands', () => {
  test.each([
    ['::add-mask::secret', { command: 'add-mask', properties: {}, message: 'secret' }],
    [
      '::error title=a%2Cb,line=3::one%0Atwo%25',
      { command: 'error', properties: { title: 'a,b', line: '3' }, message: 'one\ntwo%' },
    ],
    ['::warning::a::b', { command: 'warning', properties: {}, message: 'a::b' }],
    ['a line of the log', undefined],
  ])('%s', (line, expected) => expect(parseCommand(line)).toEqual(expected));
});

describe('files', () => {
  test('name=value lines and blocks', () => {
    expect(parseCommandFile('a=1=2\nb<<E\nx\ny\nE\nempty<<E\n\nE\n')).toEqual({
      a: '1=2',
      b: 'x\ny',
      empty: '',
    });
  });
  test.each([['b<<E\nx\n'], ['neither']])('%j is refused', (text) =>
    expect(() => parseCommandFile(text)).toThrow(),
  );
});

test('the log is masked from the mask on, groups are indented, debug lines are hidden', () => {
  const log = renderLog(
    's3cret\n::add-mask::s3cret\n::group::in s3cret\nx s3cret\n::endgroup::\n::debug::d\n::error::e',
    new Set(),
  );
  expect(log).toBe('s3cret\n▼ in ***\n  x ***\nError: e');
});
