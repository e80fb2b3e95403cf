import { describe, expect, test } from '@jest/globals';
import { ActionError, type ErrorDetails, type ErrorPart } from '../../../src/platform/errors.ts';
import { annotation, fitting } from '../../../src/platform/runner/annotation.ts';

const MAX = 4096;
const DOCS = 'https://github.test/docs';
const GROUP = 'The log group "Details of the failure" has the complete text.';

const error = (details: Partial<ErrorDetails>) =>
  new ActionError('PROFILES_FAILED', { problem: 'Profiles failed.', remedy: 'Correct them.', ...details });
const lines = (details: Partial<ErrorDetails>, docs?: string) =>
  annotation(error(details), docs).text.split('\n');
/** The lines between the problem and what to do next. */
const partLines = (...parts: readonly ErrorPart[]) => lines({ parts }).slice(1, -1);

const denied = (name: string, more: Partial<ErrorPart> = {}): ErrorPart => ({
  about: { name, code: 'STS_ACCESS_DENIED' },
  problem: 'STS denied it.',
  remedy: 'Ask.',
  ...more,
});

describe('an annotation that is short enough', () => {
  test('has the problem, its parts, the facts and the link', () => {
    const details = { found: 'a', expected: 'b', likely: 'c', parts: [{ problem: 'One.', remedy: 'Do.' }] };
    expect(annotation(error(details), DOCS)).toEqual({
      text: [
        'Profiles failed. [PROFILES_FAILED]',
        '  One.',
        '    next:     Do.',
        '  found:    a',
        '  expected: b',
        '  likely:   c',
        '  next:     Correct them.',
        `  docs:     ${DOCS}`,
      ].join('\n'),
      rest: [],
    });
  });

  test('has no link where none is known', () => {
    expect(annotation(error({}), undefined)).toEqual({
      text: 'Profiles failed. [PROFILES_FAILED]\n  next:     Correct them.',
      rest: [],
    });
  });
});

describe('parts', () => {
  test('with the same text are one, with all names', () => {
    const { text, rest } = annotation(error({ parts: [denied('a'), denied('b')] }), undefined);
    expect(text.split('\n').slice(1, -1)).toEqual([
      '  a, b: STS denied it. [STS_ACCESS_DENIED]',
      '    next:     Ask.',
    ]);
    expect(rest).toEqual([]);
  });

  test.each<[string, Partial<ErrorPart>, Partial<ErrorPart>]>([
    ['problem', { problem: 'STS denied A.' }, { problem: 'STS denied B.' }],
    ['found', { found: 'x' }, { found: 'y' }],
    ['expected', { expected: 'x' }, { expected: 'y' }],
    ['likely', { likely: 'x' }, { likely: 'y' }],
    ['remedy', { remedy: 'X.' }, { remedy: 'Y.' }],
    ['code', { about: { name: 'a', code: 'STS_FAILED' } }, {}],
    ['whether they name a role', { found: 'role arn:aws:iam::111111111111:role/a' }, { found: 'role ' }],
    ['whether they name an account', { found: 'account 111111111111' }, { found: 'account ' }],
    ['whether they name a request', { found: 'no (request a)' }, { found: 'no ' }],
    ['number of digits', { found: '1111111111112' }, { found: '2222222222223' }],
  ])('that differ in %s stay apart', (_what, a, b) => {
    expect(partLines(denied('a', a), denied('b', b)).filter((line) => /^ {2}\S/.test(line))).toHaveLength(2);
  });

  test.each<[string, string, string]>([
    ['ARN', 'arn:aws:iam::111111111111:role/a/deploy!', 'arn:aws-cn:iam::222222222222:role/x'],
    ['account', 'account 111111111111', 'account 222222222222'],
    ['account in a longer text', 'in 111111111111, too', 'in 222222222222, too'],
    ['request', 'no (request a-1)', 'no (request b)'],
  ])('that differ in %s are shown in the wording of the first', (_what, first, second) => {
    const parts = [
      denied('a', { found: first }),
      denied('b', { found: second }),
      denied('c', { found: first }),
    ];
    const failure = error({ parts });
    const { text, rest } = annotation(failure, undefined);
    expect(text.split('\n').slice(1, -1)).toEqual([
      '  a, b, c, in the wording for a: STS denied it. [STS_ACCESS_DENIED]',
      `    found:    ${first}`,
      '    next:     Ask.',
    ]);
    expect(rest).toEqual(failure.message.split('\n'));
  });

  test('are in the order of their first', () => {
    const other = {
      about: { name: 'x', code: 'STS_FAILED' },
      problem: 'It failed.',
      remedy: 'Wait.',
    } as const;
    expect(partLines(denied('a'), other, denied('b'))).toEqual([
      '  a, b: STS denied it. [STS_ACCESS_DENIED]',
      '    next:     Ask.',
      '  x: It failed. [STS_FAILED]',
      '    next:     Wait.',
    ]);
  });

  test('without a name are never merged', () => {
    const part = { problem: 'One.', remedy: 'Do.' };
    const { text, rest } = annotation(error({ parts: [part, part] }), undefined);
    expect(text.match(/ {2}One\./g)).toHaveLength(2);
    expect(rest).toEqual([]);
  });
});

describe('an annotation that is too long', () => {
  /** What a text without parts has beside its problem. */
  const around = annotation(error({ problem: '' }), undefined).text.length;

  test('has more characters than the runner keeps', () => {
    const longest = error({ problem: 'p'.repeat(MAX - around) });
    expect(annotation(longest, undefined)).toEqual({ text: longest.message, rest: [] });
    const longer = error({ problem: 'p'.repeat(MAX - around + 1) });
    expect(annotation(longer, undefined)).toEqual({
      text: [`${'p'.repeat(600)}… [PROFILES_FAILED]`, `  next:     Correct them. ${GROUP}`].join('\n'),
      rest: longer.message.split('\n'),
    });
  });

  test('has the beginning of each long fact, and the link', () => {
    const of = (letter: string) => letter.repeat(601);
    const details = { problem: 'p'.repeat(5000), found: of('f'), expected: of('e'), likely: 'l'.repeat(600) };
    expect(lines({ ...details, remedy: of('r') }, DOCS)).toEqual([
      `${'p'.repeat(600)}… [PROFILES_FAILED]`,
      `  found:    ${'f'.repeat(600)}…`,
      `  expected: ${'e'.repeat(600)}…`,
      `  likely:   ${'l'.repeat(600)}`,
      `  next:     ${'r'.repeat(600)}… ${GROUP}`,
      `  docs:     ${DOCS}`,
    ]);
  });

  /** An error that is too long because of its common fact, which then takes 601 characters. */
  const COMMON = { found: 'f'.repeat(5000) };
  const room = MAX - lines(COMMON).join('\n').length;
  /** The shown lines of parts; the text is never longer than the runner keeps. */
  const shown = (...parts: readonly ErrorPart[]) => {
    const all = lines({ ...COMMON, parts });
    expect(all.join('\n').length).toBeLessThanOrEqual(MAX);
    expect(all.slice(-2)).toEqual([`  found:    ${'f'.repeat(600)}…`, `  next:     Correct them. ${GROUP}`]);
    return all.slice(1, -2);
  };
  const lengthOf = (all: readonly string[]) => all.join('\n').length + 1;

  test('has complete parts, where there is room', () => {
    const names = ['a'.repeat(200), 'b'.repeat(200)];
    expect(shown(...names.map((name) => denied(name, { found: 'x'.repeat(700) })))).toEqual([
      `  ${names.join(', ')}: STS denied it. [STS_ACCESS_DENIED]`,
      `    found:    ${'x'.repeat(700)}`,
      '    next:     Ask.',
    ]);
  });

  /** Parts that take the whole room, or `more` characters than that. */
  const filling = (more: number) => {
    const part = (length: number) => denied('a', { found: 'x'.repeat(length) });
    const empty = lengthOf(shown(part(1))) - 1;
    return part(room - empty + more);
  };

  test('has complete parts up to the last character', () => {
    expect(lengthOf(shown(filling(0)))).toBe(room);
    expect(shown(filling(1))).toEqual([
      '  a: STS denied it. [STS_ACCESS_DENIED]',
      `    found:    ${'x'.repeat(600)}…`,
      '    next:     Ask.',
    ]);
  });

  test('then has the first names and the beginning of each fact', () => {
    const names = ['first', 'second', 'third', 'fourth'].map((name) => name.padEnd(99, '.'));
    const long = (letter: string) => letter.repeat(1100);
    const facts = {
      problem: long('p'),
      found: long('x'),
      expected: long('e'),
      likely: long('l'),
      remedy: long('r'),
    };
    const cut = (letter: string) => `${letter.repeat(600)}…`;
    expect(shown(...names.map((name) => denied(name, facts)))).toEqual([
      `  ${names.slice(0, 2).join(', ')} and 2 more: ${cut('p')} [STS_ACCESS_DENIED]`,
      `    found:    ${cut('x')}`,
      `    expected: ${cut('e')}`,
      `    likely:   ${cut('l')}`,
      `    next:     ${cut('r')}`,
    ]);
  });

  test('counts the names that it leaves out, and keeps the first of any length', () => {
    const long = { found: 'x'.repeat(4000) };
    const heading = (...names: readonly string[]) => shown(...names.map((name) => denied(name, long)))[0];
    const end = ': STS denied it. [STS_ACCESS_DENIED]';
    const [a, b] = ['a'.repeat(149), 'b'.repeat(149)] as const;
    expect(heading(a, b)).toBe(`  ${a}, ${b}${end}`);
    expect(heading(a, `${b}b`)).toBe(`  ${a} and 1 more${end}`);
    expect(heading(`${a}${b}aaa`, 'b')).toBe(`  ${a}${b}aaa and 1 more${end}`);
  });

  test('says whose wording it has', () => {
    const found = (account: string) => ({ found: `${account.repeat(12)} ${'x'.repeat(4000)}` });
    expect(shown(denied('a', found('1')), denied('b', found('2')))[0]).toBe(
      '  a, b, in the wording for a: STS denied it. [STS_ACCESS_DENIED]',
    );
  });

  /** Parts that are not alike, each with facts of this length. A fact that quotes the beginning of another stays one. */
  const many = (count: number, lengths: Partial<Record<'found' | 'likely' | 'remedy', number>>) =>
    Array.from({ length: count }, (_, index) => {
      const facts = Object.entries(lengths).map(([name, length]) => [
        name,
        `${index}    likely:     next: `.padEnd(length, '.'),
      ]);
      return denied(`p${index}`, Object.fromEntries(facts));
    });
  const headings = (parts: readonly ErrorPart[]) =>
    parts.map(({ about }) => `  ${about?.name}: STS denied it. [STS_ACCESS_DENIED]`);
  const facts = (all: readonly string[]) => all.map((line) => /^ {4}(\w+):/.exec(line)?.[1] ?? 'heading');

  test.each([
    ['the causes and remedies', { found: 500, likely: 100, remedy: 50 }, ['heading', 'likely', 'next']],
    ['the remedies', { found: 500, likely: 400, remedy: 200 }, ['heading', 'next']],
    ['the problems', { found: 500, likely: 500, remedy: 500 }, ['heading']],
  ])('then has %s alone', (_what, lengths, kept) => {
    const parts = many(9, lengths);
    const all = shown(...parts);
    expect(facts(all)).toEqual(parts.flatMap(() => kept));
    expect(all.filter((line) => /^ {2}\S/.test(line))).toEqual(headings(parts));
  });

  test('then has the first problems, and the number of the others', () => {
    const parts = many(200, { found: 10 });
    const all = shown(...parts);
    const left = parts.length - (all.length - 1);
    expect(all).toEqual([...headings(parts).slice(0, -left), `  … and ${left} more`]);
    // Another line has no room.
    expect(lengthOf(all)).toBeGreaterThan(room - 50);
  });

  test('has as many problems as there is room for, to the last character', () => {
    const rest = '  … and 200 more';
    const withNames = (length: number) => {
      const [first, ...others] = many(200, { found: 10 });
      const about = { name: 'n'.repeat(length), code: 'STS_ACCESS_DENIED' } as const;
      return shown({ ...(first ?? denied('')), about }, ...others).length;
    };
    const one = lengthOf(headings([denied('')])) + lengthOf([rest]);
    // The first name takes all the room, then one character more than all.
    expect(withNames(room - one)).toBe(2);
    expect(withNames(room - one + 1)).toBe(1);
  });
});

test.each([
  ['short', 'short'],
  ['x'.repeat(MAX), 'x'.repeat(MAX)],
  ['x'.repeat(MAX + 1), `${'x'.repeat(MAX - 1)}…`],
])('a message without parts is at most as long as the runner keeps', (message, expected) => {
  expect(fitting(message)).toBe(expected);
});
