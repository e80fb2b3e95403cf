import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { parseCommand } from '../../../lab/runner-protocol.ts';
import { gitHubRunner } from '../../../src/platform/runner/github-runner.ts';

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
