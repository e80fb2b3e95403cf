import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { parseCommand } from '../../../lab/runner-protocol.ts';
import { gitHubRunner } from '../../../src/platform/runner/github-runner.ts';
import { plainText, shownForms } from '../../../src/platform/runner/plain-text.ts';

const write = process.stdout.write;
let written = '';
beforeEach(() => {
  written = '';
  process.stdout.write = ((text: string) => {
    written += text;
    return true;
  }) as typeof process.stdout.write;
});
afterEach(() => {
  process.stdout.write = write;
});

const commands = () => written.split('\n').flatMap((line) => parseCommand(line)?.command ?? []);

test.each(['::add-mask::x', 'a\n::set-output name=b::c', '  ::error::x', '##[error]x'])(
  '%j in the log is no command',
  (text) => {
    gitHubRunner.info(text);
    gitHubRunner.group('title', [text]);
    expect(commands()).toEqual(['group', 'endgroup']);
    expect(written).not.toMatch(/^\s*##\[/m);
  },
);

test('a message with line breaks stays one annotation', () => {
  gitHubRunner.warning('a\n::error::b');
  expect(commands()).toEqual(['warning']);
});

test('an empty text is no mask: it would hide everything', () => {
  gitHubRunner.mask('');
  expect(written).toBe('');
});

test('a group has its title and its lines', () => {
  gitHubRunner.group('title', ['a', 'b']);
  expect(written).toBe('::group::title\na\nb\n::endgroup::\n');
});

test('a secret is masked in every form in which it can be printed', () => {
  gitHubRunner.mask('plain');
  gitHubRunner.mask('a##[b');
  expect(written).toBe('::add-mask::plain\n::add-mask::a##[b\n::add-mask::a##\u200B[b\n');
});

test.each([
  ['error', 'error'],
  ['warning', 'warning'],
  ['notice', 'notice'],
] as const)('an annotation on a line of a file: %s', (level, command) => {
  gitHubRunner.annotate({ level, file: 'a##[b', line: 7, title: 'Too ##[wide', message: 'Why' });
  expect(written).toBe(`::${command} title=Too ##\u200B[wide,file=a##\u200B[b,line=7::Why\n`);
});

describe('the job summary', () => {
  const { GITHUB_STEP_SUMMARY } = process.env;
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'summary-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
    if (GITHUB_STEP_SUMMARY === undefined) delete process.env.GITHUB_STEP_SUMMARY;
    else process.env.GITHUB_STEP_SUMMARY = GITHUB_STEP_SUMMARY;
  });

  test('gets each piece of Markdown as it is', () => {
    const file = path.join(folder, 'summary');
    process.env.GITHUB_STEP_SUMMARY = file;
    for (const markdown of ['# a\n', '::b::']) gitHubRunner.summary(markdown);
    expect(readFileSync(file, 'utf8')).toBe('# a\n::b::');
  });

  test('is left out where the runner has none', () => {
    for (const unset of [
      () => delete process.env.GITHUB_STEP_SUMMARY,
      () => (process.env.GITHUB_STEP_SUMMARY = ''),
    ]) {
      unset();
      expect(() => gitHubRunner.summary('x')).not.toThrow();
    }
  });
});

describe('plain text', () => {
  test.each([
    ['a::b', 'a::b'],
    ['::b', ':\u200B:b'],
    ['a\n \t::b\r::c', 'a\n \t:\u200B:b\r:\u200B:c'],
    ['a\u2028::b', 'a\u2028:\u200B:b'],
    ['x ##[a]##[b]', 'x ##\u200B[a]##\u200B[b]'],
    ['# [a]', '# [a]'],
  ])('%j is printed as %j', (text, printed) => {
    expect(plainText(text)).toBe(printed);
  });

  test.each([
    ['abc', ['abc']],
    ['##[a', ['##[a', '##\u200B[a']],
    ['::##[a', ['::##[a', '::##\u200B[a', ':\u200B:##\u200B[a']],
  ])('the forms of %j', (secret, forms) => {
    expect(shownForms(secret)).toEqual(forms);
  });
});
