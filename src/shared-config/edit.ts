/**
 * Adds sections to an AWS shared config or credentials file and removes them again, and keeps every other byte of the
 * file. All that the removal needs is in the file itself, as comments: other processes may change the file in between,
 * and after a job that was killed, a person can read and undo the change.
 */
import { type ConfigLine, linesOf } from './lexer.ts';

/** One section: `[header]` and its `key = value` lines. */
export interface Section {
  readonly header: string;
  /** A value may continue in indented lines below it. */
  readonly settings: readonly (readonly [key: string, value: string])[];
}

const begin = (id: string) => `# >>> assume-aws-roles ${id}`;
const end = (id: string) => `# <<< assume-aws-roles ${id}`;
/** Follows the begin of a block when a line end was added before it that the file did not have. */
const JOINED = ' (the line above had no end)';
/** The begin of a block, with the permissions that the file had before secrets were written into it. */
const BEGIN =
  /^(# >>> assume-aws-roles \w+)( \(permissions [0-7]{3}\))?( \(the line above had no end\))?(?=\r?\n|$)/;
/** A line that begins or ends a block, or is set aside for one. */
const MARKER = /^# (>>>|<<<|---) assume-aws-roles /;
/** Precedes each line of a section that a block replaces. */
const aside = (id: string) => `# --- assume-aws-roles ${id}: `;

/** The names in `headers` for which the text has a section. */
export function existingSections(text: string, headers: readonly string[]): string[] {
  const found = new Set(linesOf(text).map(({ header }) => header));
  return headers.filter((header) => found.has(header));
}

/**
 * The text with `sections` in a block of their own at its end. Sections with the same headers become comments.
 *
 * @param id names the block, for {@link removeSections}; letters and digits
 * @param replaced the headers of sections to turn into comments
 * @throws TypeError when a header, key or value needs more than one line
 */
export function addSections(
  text: string,
  sections: readonly Section[],
  id: string,
  replaced: readonly string[] = sections.map(({ header }) => header),
): string {
  const mostlyWindows = text.split('\r\n').length > text.split(/(?<!\r)\n/).length;
  const lineEnd = mostlyWindows ? '\r\n' : '\n';
  const kept = setAside(text, new Set(replaced), id);
  const joined = kept !== '' && !kept.endsWith('\n');
  const block = [
    begin(id) + (joined ? JOINED : ''),
    ...sections.flatMap(({ header, settings }) => [
      `[${oneLine(header)}]`,
      ...settings.flatMap(([key, value]) => settingLines(key, value)),
    ]),
    end(id),
    '',
  ];
  return kept + (joined ? lineEnd : '') + block.join(lineEnd);
}

/**
 * The text with the permissions that the file had before, such as 0o640, as a note at the block of `id`. Jobs can overlap:
 * the one that takes permissions away is not always the one that restores them.
 */
export function notePermissions(text: string, id: string, mode: number): string {
  return text.replace(begin(id), `${begin(id)} (permissions ${mode.toString(8).padStart(3, '0')})`);
}

/** The permissions in the latest {@link notePermissions note}; undefined without one. */
export function notedPermissions(text: string): number | undefined {
  const [note] = linesOf(text)
    .flatMap(({ raw }) => BEGIN.exec(raw)?.[2] ?? [])
    .slice(-1);
  return note === undefined ? undefined : Number.parseInt(note.slice(-4), 8);
}

/**
 * The text without the block of `id`, and with the sections that the block replaced. Settings below the block are
 * removed with it: no header precedes them, so another tool (`aws configure set`) added them to the last section of the
 * block.
 */
export function removeSections(text: string, id: string): string {
  const prefix = aside(id);
  return withoutBlock(linesOf(text), id)
    .map((raw) => (raw.startsWith(prefix) ? raw.slice(prefix.length) : raw))
    .join('');
}

/** Whether the text has a block of any step. */
export function hasBlock(text: string): boolean {
  return linesOf(text).some(({ raw }) => MARKER.test(raw));
}

function withoutBlock(lines: readonly ConfigLine[], id: string): readonly string[] {
  const raw = lines.map((line) => line.raw);
  const from = lines.findIndex((line) => line.text.startsWith(begin(id)));
  const to = lines.findIndex((line) => line.text === end(id));
  const opening = lines[from];
  if (opening === undefined || to < from) return raw;
  const rest = lines.slice(to + 1);
  const next = rest.findIndex((line) => line.header !== undefined || MARKER.test(line.raw));
  const below = next < 0 ? rest : rest.slice(0, next);
  const kept = below.filter(({ kind }) => kind === 'blank').map((line) => line.raw);
  const before = raw.slice(0, from);
  const after = [...kept, ...raw.slice(to + 1 + below.length)];
  const lineEnd = opening.raw.slice(opening.text.length);
  if (opening.text.endsWith(JOINED)) giveBackJoin(before, after, lineEnd);
  const [, , note] = BEGIN.exec(opening.raw) ?? [];
  if (note !== undefined && notedPermissions(after.join('')) === undefined) passOn(note, before, after);
  return [...before, ...after];
}

/** Passes a note of permissions to the latest block. The note of a block below, if there is one, is newer. */
function passOn(note: string, ...parts: readonly string[][]): void {
  for (const lines of parts.toReversed()) {
    const at = lines.findLastIndex((raw) => BEGIN.test(raw));
    if (at < 0) continue;
    lines[at] = lines[at]?.replace(BEGIN, `$1${note}$3`) ?? '';
    return;
  }
}

/** Removes the line end that was added before a block, or passes the note of it to the block that now follows. */
function giveBackJoin(before: string[], after: string[], lineEnd: string): void {
  const [next] = after;
  if (next === undefined) {
    // A carriage return before an added `\n` belongs to the file.
    before.push(...before.splice(-1).map((last) => last.replace(lineEnd, '')));
  } else {
    after[0] = next.replace(BEGIN, `$1$2${JOINED}`);
  }
}

function setAside(text: string, headers: ReadonlySet<string>, id: string): string {
  let replaced = false;
  return linesOf(text)
    .map(({ raw, header }) => {
      if (header !== undefined) replaced = headers.has(header);
      // The markers of other blocks stay, so that their removal finds them.
      return replaced && !MARKER.test(raw) ? aside(id) + raw : raw;
    })
    .join('');
}

/** `key = value`, and below it the lines of a nested block, which are indented. */
function settingLines(key: string, value: string): string[] {
  const [first, ...nested] = value.split('\n');
  const stray = nested.find((line) => !/^[ \t]+\S/.test(line));
  if (stray !== undefined) throw new TypeError(`a value of the profile setting ${key} would leave its line`);
  return [
    oneLine(`${key} = ${first}`).trimEnd(),
    ...nested.map((line) => oneLine(line.replaceAll('\t', '  '))),
  ];
}

function oneLine(text: string): string {
  if (/\p{Cc}/u.test(text))
    throw new TypeError('a header, key or value of a profile has a control character');
  return text;
}
