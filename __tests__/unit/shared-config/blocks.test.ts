/** The text of a block, line by line; `edit.test.ts` shows that its removal restores any file. */
import { describe, expect, test } from '@jest/globals';
import {
  addSections,
  hasBlock,
  notedPermissions,
  notePermissions,
  removeSections,
  type Section,
} from '../../../src/shared-config/edit.ts';

const A: Section[] = [{ header: 'profile a', settings: [['region', 'eu-west-1']] }];

/** The lines of a text, each with its end. */
const lines = (text: string) => text.split(/(?<=\n)/);
const added = (text: string, sections = A, replaced?: readonly string[]) =>
  lines(addSections(text, sections, 'id1', replaced));

const BEGIN = '# >>> assume-aws-roles id1\n';
const JOINED = '# >>> assume-aws-roles id1 (the line above had no end)\n';
const END = '# <<< assume-aws-roles id1\n';
const BLOCK = [BEGIN, '[profile a]\n', 'region = eu-west-1\n', END];

describe('a block', () => {
  test('is all of an empty file', () => {
    expect(added('')).toEqual(BLOCK);
  });

  test('follows what was there', () => {
    expect(added('region = x\n[b]\n')).toEqual(['region = x\n', '[b]\n', ...BLOCK]);
  });

  test('notes that it had to end the last line', () => {
    expect(added('[b]')).toEqual(['[b]\n', JOINED, ...BLOCK.slice(1)]);
  });

  test('can be without sections', () => {
    expect(added('[b]\n', [])).toEqual(['[b]\n', BEGIN, END]);
  });

  test.each([
    ['\n', '[b]\n'],
    ['\n', '[b]\r\nregion = x\n'],
    ['\n', '[b]\nregion = x'],
    ['\r\n', '[b]\r\n'],
    ['\r\n', '[b]\r\nregion = x\r\noutput = json\n'],
    ['\r\n', '[b]\r\nregion = x'],
  ])('has lines that end with %j below %j', (end, text) => {
    const block = lines(addSections(text, A, 'id1')).slice(-3);
    expect(block).toEqual([`[profile a]${end}`, `region = eu-west-1${end}`, END.replace('\n', end)]);
  });
});

describe('a section of the same name', () => {
  const text = 'x = 1\n[profile a]\n# note\ns3 =\n  size = 1\n\n[profile b]\nregion = y\n';

  test('is set aside up to the next one', () => {
    const aside = '# --- assume-aws-roles id1: ';
    expect(added(text)).toEqual([
      'x = 1\n',
      `${aside}[profile a]\n`,
      `${aside}# note\n`,
      `${aside}s3 =\n`,
      `${aside}  size = 1\n`,
      `${aside}\n`,
      '[profile b]\n',
      'region = y\n',
      ...BLOCK,
    ]);
  });

  test('stays if others are to be replaced', () => {
    expect(added(text, A, [])).toEqual([...lines(text), ...BLOCK]);
    expect(added('[profile b]\n', [], ['profile b'])).toEqual([
      '# --- assume-aws-roles id1: [profile b]\n',
      BEGIN,
      END,
    ]);
  });

  test('is set aside without the markers of another block', () => {
    const other = addSections('[profile a]\n', A, 'other');
    expect(added(other).slice(0, 5)).toEqual([
      '# --- assume-aws-roles other: [profile a]\n',
      '# >>> assume-aws-roles other\n',
      '# --- assume-aws-roles id1: [profile a]\n',
      '# --- assume-aws-roles id1: region = eu-west-1\n',
      '# <<< assume-aws-roles other\n',
    ]);
  });
});

describe('a setting', () => {
  const written = (key: string, value: string) =>
    added('', [{ header: 'a', settings: [[key, value]] }]).slice(2, -1);

  test.each<[string, string[]]>([
    ['x', ['k = x\n']],
    ['', ['k =\n']],
    ['a\n  b\n \tc', ['k = a\n', '  b\n', '   c\n']],
    ['\n    b = 1', ['k =\n', '    b = 1\n']],
  ])('%j is %j', (value, expected) => {
    expect(written('k', value)).toEqual(expected);
  });

  test.each(['a\nb', 'a\n', 'a\n  ', 'a\n  b\nc', 'a\n  b\r'])('%j would leave its line', (value) => {
    expect(() => written('k', value)).toThrow(TypeError);
  });
});

describe('a removal', () => {
  const before = '[b]\nregion = x\n';
  const text = before + BLOCK.join('');

  test.each<[string, string]>([
    ['no block', before],
    ['another block', text.replaceAll('id1', 'id2')],
    ['a block without its end', text.replace(END, '')],
    ['an end without its block', text.replace(BEGIN, '')],
    ['an end before its block', END + before + BEGIN],
  ])('changes nothing of a text with %s', (_what, other) => {
    expect(removeSections(other, 'id1')).toBe(other);
  });

  test('takes settings below the block with it, also the last line', () => {
    expect(removeSections(`${text}output = json`, 'id1')).toBe(before);
    expect(removeSections(`${text}output = json\n[c]`, 'id1')).toBe(`${before}[c]`);
    expect(removeSections(`${text}[c]\noutput = json`, 'id1')).toBe(`${before}[c]\noutput = json`);
  });

  test('gives the end of a joined line back, as far as it was added', () => {
    const joined = (line: string, end: string) =>
      lines(addSections(line, A, 'id1'))
        .map((one) => one.replace(/\r?\n$/, end))
        .join('');
    expect(removeSections(joined('[b]', '\n'), 'id1')).toBe('[b]');
    expect(removeSections(joined('[b]', '\r\n'), 'id1')).toBe('[b]');
    expect(removeSections(addSections('[b]\r', A, 'id1'), 'id1')).toBe('[b]\r');
    // Somebody has removed the line meanwhile.
    expect(removeSections(joined('[b]', '\n').replace('[b]\n', ''), 'id1')).toBe('');
  });

  test('passes the note about the joined line to the next block only', () => {
    const first = addSections('[c]', A, 'id1');
    const next = '# >>> assume-aws-roles id2\n# <<< assume-aws-roles id2\n';
    expect(removeSections(first + next, 'id1')).toBe(
      '[c]\n# >>> assume-aws-roles id2 (the line above had no end)\n# <<< assume-aws-roles id2\n',
    );
    expect(removeSections(first + next.replaceAll('\n', '\r\n'), 'id1')).toBe(
      '[c]\n# >>> assume-aws-roles id2 (the line above had no end)\r\n# <<< assume-aws-roles id2\r\n',
    );
    expect(removeSections(`${first}#${next}`, 'id1')).toBe(`[c]\n#${next}`);
  });
});

describe('a note of permissions', () => {
  const block = (id: string, note = '') =>
    `# >>> assume-aws-roles ${id}${note}\n[${id}]\n# <<< assume-aws-roles ${id}\n`;
  const NOTE = ' (permissions 640)';

  test('is at the begin of its block, beside that of a joined line', () => {
    const text = notePermissions(addSections('[b]', A, 'id1'), 'id1', 0o40);
    expect(lines(text)[1]).toBe('# >>> assume-aws-roles id1 (permissions 040) (the line above had no end)\n');
    expect(notedPermissions(text)).toBe(0o40);
    expect(notedPermissions(text.replaceAll('\n', '\r\n'))).toBe(0o40);
    expect(removeSections(text, 'id1')).toBe('[b]');
    expect(notedPermissions(addSections('', A, 'id1'))).toBeUndefined();
    expect(notedPermissions(`#${text}`.replace('\n', ''))).toBeUndefined();
  });

  test.each<[string, string, string]>([
    ['goes with the only block', block('id1', NOTE), ''],
    ['passes on to the block below', block('id1', NOTE) + block('id2'), block('id2', NOTE)],
    ['passes on to the block above', block('id2') + block('id1', NOTE), block('id2', NOTE)],
    [
      'passes on to the latest block',
      block('id2') + block('id1', NOTE) + block('id3') + block('id4'),
      block('id2') + block('id3') + block('id4', NOTE),
    ],
    ['replaces an older note', block('id2', ' (permissions 644)') + block('id1', NOTE), block('id2', NOTE)],
    [
      'does not replace a newer note',
      block('id1', NOTE) + block('id2', ' (permissions 644)') + block('id3'),
      block('id2', ' (permissions 644)') + block('id3'),
    ],
    [
      'does not replace a newer note of a later block',
      block('id1', NOTE) + block('id2') + block('id3', ' (permissions 644)') + block('id4'),
      block('id2') + block('id3', ' (permissions 644)') + block('id4'),
    ],
    [
      'stays with another block',
      block('id2', NOTE) + block('id1') + block('id3'),
      block('id2', NOTE) + block('id3'),
    ],
  ])('%s', (_title, text, expected) => {
    expect(removeSections(text, 'id1')).toBe(expected);
  });

  test('passes on together with the note of a joined line', () => {
    const text = notePermissions(addSections('[c]', A, 'id1'), 'id1', 0o640) + block('id2');
    expect(removeSections(text, 'id1')).toBe(`[c]\n${block('id2', `${NOTE} (the line above had no end)`)}`);
    const other = addSections('[c]', A, 'id1') + block('id2', NOTE);
    expect(removeSections(other, 'id1')).toBe(`[c]\n${block('id2', `${NOTE} (the line above had no end)`)}`);
  });

  test('the latest counts', () => {
    expect(notedPermissions(block('id1', NOTE) + block('id2', ' (permissions 644)') + block('id3'))).toBe(
      0o644,
    );
  });
});

test.each([
  ['', false],
  ['[a]\n# a note\n', false],
  ['[a]\n  # >>> assume-aws-roles id1\n', false],
  [`[a]\n${BEGIN}`, true],
  [`[a]\n${END}[b]\n`, true],
  ['# --- assume-aws-roles id1: [a]\nregion = x\n', true],
])('%j has a block: %j', (text, expected) => {
  expect(hasBlock(text)).toBe(expected);
});
