import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { gitHubRunner } from '../../src/platform/runner/github-runner.ts';
import { times } from '../support/soak.ts';

/*
 * Every method that prints, on drawn text, read by a second reader of the runner's grammar that shares nothing with the
 * gate or the lab: characters instead of expressions, and it finds more than the runner does. It skips characters that are
 * not seen wherever the runner, which compares by the rules of a language, may skip them.
 */

/** Names that the runner knows, or could know some day. */
const NAMES = [
  'save-state',
  'set-env',
  'set-output',
  'add-mask',
  'add-path',
  'stop-commands',
  'group',
  'endgroup',
  'debug',
  'warning',
  'error',
  'notice',
  'echo',
  'add-matcher',
  'remove-matcher',
];

/** White space of .NET (Unicode, "White_Space" property). */
const WHITE = new Set([
  9,
  10,
  11,
  12,
  13,
  32,
  0x85,
  0xa0,
  0x1680,
  ...Array.from({ length: 11 }, (_, at) => 0x2000 + at),
  0x2028,
  0x2029,
  0x202f,
  0x205f,
  0x3000,
]);
const UNSEEN = new Set([0, 0xad, 0x200b, 0x200c, 0x200d, 0x2060, 0xfeff]);

function linesOf(output: string): string[] {
  const lines = [''];
  for (const character of output) {
    if (character === '\n' || character === '\r') lines.push('');
    else lines[lines.length - 1] += character;
  }
  return lines;
}

/** Where `marker` ends at `from`, over unseen characters; -1 when it is not there. */
function endOfMarker(line: string, marker: string, from: number): number {
  let at = from;
  for (const wanted of marker) {
    while (UNSEEN.has(line.charCodeAt(at))) at++;
    if (line[at] !== wanted) return -1;
    at++;
  }
  return at;
}

/** The command's name at the start of `text`, up to one of `ends`. */
function nameIn(text: string, ends: readonly string[]): string | undefined {
  const known = NAMES.find((name) => text.toLowerCase().startsWith(name));
  const rest = known === undefined ? '' : text.slice(known.length);
  return known !== undefined && ends.some((end) => rest.startsWith(end)) ? known : undefined;
}

/** The names of all commands in a line, wherever the runner may count the marker from. */
function namesIn(line: string): string[] {
  let start = 0;
  while (WHITE.has(line.charCodeAt(start))) start++;
  if (endOfMarker(line, '::', start) >= 0) {
    const name = nameIn(line.slice(start + 2), ['::', ' ']);
    if (name !== undefined) return [name];
  }
  const found: string[] = [];
  for (let at = 0; at < line.length; at++) {
    if (endOfMarker(line, '##[', at) < 0) continue;
    const name = nameIn(line.slice(at + 3), [']', ' ']);
    if (name !== undefined) found.push(name);
  }
  return found;
}

const write = process.stdout.write;
const exitCode = process.exitCode;
let written = '';
beforeAll(() => {
  process.stdout.write = ((text: string) => {
    written += text;
    return true;
  }) as typeof process.stdout.write;
});
afterAll(() => {
  process.stdout.write = write;
  process.exitCode = exitCode;
});

/** What is printed by `print`, as names of commands. */
function commandsOf(print: () => void): string[] {
  written = '';
  print();
  return linesOf(written).flatMap(namesIn);
}

const piece = fc.oneof(
  fc.constantFrom('::', ':', '##[', '#', '[', ']', '%0A', '%0D', '%3A', '%25', ';', ','),
  fc.constantFrom(
    '\n',
    '\r',
    '\r\n',
    '\u2028',
    '\u2029',
    '\t',
    '\v',
    '\f',
    ' ',
    '\u0085',
    '\u00A0',
    '\u3000',
  ),
  fc.constantFrom('\u0000', '\u200B', '\u00AD', '\uFEFF', '\u0301', '\u001C', '\uD800', '\u{E0001}'),
  fc.constantFrom(...NAMES, ...NAMES.map((name) => name.toUpperCase())),
  fc.constantFrom(' name=refreshing', '::/victim', ']/victim', 'arn:aws:iam::111111111111:role/x'),
  fc.string({ unit: 'grapheme', maxLength: 4 }),
);
const whole = fc.constantFrom(
  ...NAMES.flatMap((name) => [`::${name} name=x::y`, `::${name}::y`, `##[${name} name=x]y`, `##[${name}]y`]),
);
const text = fc.array(fc.oneof(piece, piece, whole), { maxLength: 10 }).map((pieces) => pieces.join(''));

test('drawn texts through every method that prints give no command but the one that was meant', () => {
  let plain = 0;
  fc.assert(
    fc.property(text, (drawn) => {
      expect(commandsOf(() => gitHubRunner.info(drawn))).toEqual([]);
      expect(commandsOf(() => gitHubRunner.warning(drawn))).toEqual(['warning']);
      expect(commandsOf(() => gitHubRunner.fail(drawn))).toEqual(['error']);
      expect(commandsOf(() => gitHubRunner.debug(drawn))).toEqual(['debug']);
      expect(commandsOf(() => gitHubRunner.group(drawn, [drawn, drawn]))).toEqual(['group', 'endgroup']);
      // Or the property would hold of texts that are harmless.
      if (linesOf(drawn).flatMap(namesIn).length > 0) plain++;
    }),
    { numRuns: times(2_000, 10_000) },
  );
  expect(plain).toBeGreaterThan(times(600, 3_000));
}, 120_000);

test('what is no command stays as it is', () => {
  for (const harmless of [
    'arn:aws:iam::111111111111:role/deploy',
    'a::b ## [c]',
    '  found:    x',
    '{"a":1}\n  b',
  ]) {
    commandsOf(() => gitHubRunner.info(harmless));
    expect(written).toBe(`${harmless}\n`);
  }
});

test('a long line of breaks and blanks takes no time that grows with its square', () => {
  const long = `${'\n '.repeat(250_000)}${' '.repeat(500_000)}${'##'.repeat(100_000)}`;
  expect(commandsOf(() => gitHubRunner.info(long))).toEqual([]);
});
