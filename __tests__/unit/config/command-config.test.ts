import { describe, expect, test } from '@jest/globals';
import { commandLine, readCommand } from '../../../src/config/command-config.ts';
import { type Inputs, partsOf, problemsIn, readerOf } from './problems.ts';

describe('the words of a command line', () => {
  test.each<[string, string[]]>([
    ['make', ['make']],
    ['  aws  s3\tls\n--region eu-west-1 ', ['aws', 's3', 'ls', '--region', 'eu-west-1']],
    ['echo "two words" \'two more\'', ['echo', 'two words', 'two more']],
    ['--name="a b"c', ['--name=a bc']],
    ['echo "it\'s" \'"x"\'', ['echo', "it's", '"x"']],
    ['echo "" \'\'', ['echo', '', '']],
    ['"C:\\Program Files\\x.exe" C:\\y\\', ['C:\\Program Files\\x.exe', 'C:\\y\\']],
    ['echo $HOME *.txt a;b', ['echo', '$HOME', '*.txt', 'a;b']],
    ['echo "a\nb"', ['echo', 'a\nb']],
  ])('%j', (line, words) => {
    expect(commandLine(line)).toEqual({ value: words });
  });

  test.each([
    ['   ', 'no command'],
    ['"', 'no command'],
    ['echo "a', 'a quote that does not end'],
    ["echo 'a", 'a quote that does not end'],
    ['echo "a" b"', 'a quote that does not end'],
    ['echo "a\'', 'a quote that does not end'],
  ])('%j has none: %s', (line, found) => {
    expect(commandLine(line)).toEqual({
      found,
      expected: 'a program and its arguments, if shell is none',
      remedy: 'Close the quote, or use a shell: shell: bash.',
    });
  });
});

describe('the command of exec', () => {
  const run = 'make "all"';

  test.each<[string, Inputs, Record<string, string>, object]>([
    ['bash, or else sh', { run }, { RUNNER_OS: 'macOS' }, { shells: ['bash', 'sh'], words: [run] }],
    [
      'on Windows PowerShell, or else the one that is part of Windows',
      { run },
      { RUNNER_OS: 'Windows' },
      { shells: ['pwsh', 'powershell'], words: [run] },
    ],
    [
      'the shell of the input only',
      { run, shell: 'pwsh' },
      { RUNNER_OS: 'Windows' },
      { shells: ['pwsh'], words: [run] },
    ],
    ['none: no shell', { run, shell: 'none' }, {}, { shells: ['none'], words: ['make', 'all'] }],
  ])('%s', (_title, inputs, env, command) => {
    const reader = readerOf(inputs);
    expect(readCommand(reader, env)).toEqual(command);
    expect(problemsIn(reader)).toEqual([]);
  });

  test('is required', () => {
    const reader = readerOf({ shell: 'none' });
    expect(readCommand(reader, {})).toBeUndefined();
    expect(partsOf(() => reader.assertNoProblems())).toEqual([
      {
        problem: 'The input run is not valid.',
        found: 'nothing',
        expected: 'the command to run',
        remedy: 'Add run under with:.',
      },
    ]);
  });

  test('has quotes that end, unless a shell reads them', () => {
    const reader = readerOf({ run: 'echo "a', shell: 'none' });
    expect(readCommand(reader, {})).toBeUndefined();
    expect(problemsIn(reader)).toEqual(['run: a quote that does not end']);
    expect(readCommand(readerOf({ run: 'echo "a' }), {})).toEqual({
      shells: ['bash', 'sh'],
      words: ['echo "a'],
    });
  });
});
