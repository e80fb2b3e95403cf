import { execFileSync } from 'node:child_process';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { credentialProcessLine } from '../../../src/refresh/credential-process/command-line.ts';
import { times } from '../../support/soak.ts';

const PRINT = 'process.stdout.write(JSON.stringify(process.argv.slice(1)))';

describe('POSIX', () => {
  test.each([
    [['/opt/node', '/a/b.js', '--profile', 'dev'], '/opt/node /a/b.js --profile dev'],
    [['/my runner/node'], "'/my runner/node'"],
    [["/it's"], "'/it'\\''s'"],
    [['/$HOME/`x`'], "'/$HOME/`x`'"],
    [['~/x'], "'~/x'"],
    [['/a', 'grün'], "/a 'grün'"],
  ])('%j', (words, line) => {
    expect(credentialProcessLine(words, 'linux')).toBe(line);
    expect(credentialProcessLine(words, 'darwin')).toBe(line);
  });

  test('a shell reads each word unchanged', () => {
    const word = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
      .filter((text) => !/\p{Cc}|\s[#;]|[\ud800-\udfff]/u.test(text));
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 4 }), (words) => {
        const line = credentialProcessLine([process.execPath, '-e', PRINT, '--', ...words], 'linux');
        expect(JSON.parse(execFileSync('/bin/sh', ['-c', line], { encoding: 'utf8' }))).toEqual(words);
      }),
      { numRuns: times(10, 100) },
    );
  });
});

describe('Windows', () => {
  test.each([
    [
      ['C:\\runner\\node.exe', 'D:\\a\\_actions\\x\\index.js', '--plan', 'D:\\a\\_temp\\plan.json'],
      'C:\\runner\\node.exe D:\\a\\_actions\\x\\index.js --plan D:\\a\\_temp\\plan.json',
    ],
    [['C:\\Program Files\\node.exe', 'C:\\a&b\\x.js'], 'C:"\\Program Files\\node.exe" "C:\\a&b\\x.js"'],
    [['C:\\a=b\\node.exe', 'C:\\a!b\\x.js'], 'C:"\\a=b\\node.exe" C:\\a!b\\x.js'],
    [['\\\\server\\my share\\node.exe'], '"\\\\server\\my share\\node.exe"'],
  ])('%j', (words, line) => expect(credentialProcessLine(words, 'win32')).toBe(line));

  test.each(['C:\\100%\\node.exe', 'C:\\a"b'])('%s cannot be quoted', (word) => {
    expect(() => credentialProcessLine([word], 'win32')).toThrow('[DELIVERY_FAILED]');
  });
});

test.each(['/a\nb', '/a #b', '/a ;b', '/a\tb'])('%j cannot be written into a config file', (word) => {
  expect(() => credentialProcessLine([word], 'linux')).toThrow('[DELIVERY_FAILED]');
});
