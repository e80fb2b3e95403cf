/**
 * Adds sections to an AWS shared config or credentials file, and takes them out again, so that every other byte of the
 * file stays as it is. All that removing needs stands in the file itself, as comments: others may have changed the file
 * in between, and a job that was killed leaves what a person can read and undo.
 */

/** One section: `[header]` and its `key = value` lines. */
export interface Section {
  readonly header: string;
  /** A value may go on in indented lines below it. */
  readonly settings: readonly (readonly [key: string, value: string])[];
}

const begin = (id: string) => `# >>> assume-aws-roles ${id}`;
const end = (id: string) => `# <<< assume-aws-roles ${id}`;
/** Behind the begin of a block before which a line end was added that the file did not have. */
const JOINED = ' (the line above had no end)';
/** A line of ours, whatever the block. */
const MARKER = /^# (>>>|<<<|---) assume-aws-roles /;
/** Before each line of a section that ours replace. */
const aside = (id: string) => `# --- assume-aws-roles ${id}: `;

/** The headers among `headers` that the text has a section for. */
export function existingSections(text: string, headers: readonly string[]): string[] {
  const found = new Set(linesOf(text).map(headerOf));
  return headers.filter((header) => found.has(header));
}

/**
 * The text with `sections` in a block of their own at its end. Sections with the same headers become comments.
 *
 * @param id names the block, for {@link removeSections}; letters and digits
 * @param replaced the headers of sections to turn into comments
 * @throws TypeError when a header, key or value would be more than one line
 */
export function addSections(
  text: string,
  sections: readonly Section[],
  id: string,
  replaced: readonly string[] = sections.map(({ header }) => header),
): string {
  const lineEnd = dominantLineEnd(text);
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
 * The text without the block of `id`, and with what it had set aside. Settings below the block go with it: there is no
 * header between, so another tool (`aws configure set`) added them to the last section of the block.
 */
export function removeSections(text: string, id: string): string {
  let lines = linesOf(text);
  const from = lines.findIndex((line) => withoutEnd(line).startsWith(begin(id)));
  const to = lines.findIndex((line) => withoutEnd(line) === end(id));
  if (from >= 0 && to >= from) {
    const joined = withoutEnd(lines[from] ?? '').endsWith(JOINED);
    const next = lines.findIndex(
      (line, at) => at > to && (headerOf(line) !== undefined || MARKER.test(line)),
    );
    const below = lines.slice(to + 1, next < 0 ? lines.length : next);
    const kept = below.filter((line) => /^\s*([#;]|$)/.test(line));
    // Not by splice, which takes what it puts in as arguments: a long file has more lines than a call may have of those.
    lines = [...lines.slice(0, from), ...kept, ...lines.slice(to + 1 + below.length)];
    if (joined) giveBackJoin(lines, from);
  }
  const prefix = aside(id);
  return lines.map((line) => (line.startsWith(prefix) ? line.slice(prefix.length) : line)).join('');
}

/** Whether the text has a block of any invocation. */
export function holdsOurs(text: string): boolean {
  return linesOf(text).some((line) => MARKER.test(line));
}

/** Takes away the line end that was added before a block, or leaves that to the block that now follows it. */
function giveBackJoin(lines: string[], at: number): void {
  const next = lines[at];
  if (next === undefined) {
    lines[at - 1] = withoutEnd(lines[at - 1] ?? '');
  } else if (/^# >>> assume-aws-roles \w+\r?\n$/.test(next)) {
    lines[at] = withoutEnd(next) + JOINED + next.slice(withoutEnd(next).length);
  }
}

const BYTE_ORDER_MARK = '\uFEFF';

function setAside(text: string, headers: ReadonlySet<string>, id: string): string {
  let replaced = false;
  return linesOf(text)
    .map((line) => {
      const header = headerOf(line);
      if (header !== undefined) replaced = headers.has(header);
      // Markers of other blocks stay readable for those who look for them.
      return replaced && !MARKER.test(line) ? aside(id) + line : line;
    })
    .join('');
}

/** Lines with their ends, so that joining them gives the text again. */
function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

function withoutEnd(line: string): string {
  return line.replace(/\r?\n$/, '');
}

/** The header that a line holds, as the SDKs read it: `[ profile  "x" ] # note` is `profile x`. */
function headerOf(line: string): string | undefined {
  const trimmed = (line.replace(BYTE_ORDER_MARK, '').split(/(?:^|\s)[;#]/)[0] ?? '').trim();
  if (!trimmed.startsWith('[') || !trimmed.endsWith(']')) return undefined;
  return trimmed
    .slice(1, -1)
    .trim()
    .replace(/\s+/g, ' ')
    .replace(/^(\S+) (["'])(.*)\2$/, '$1 $3');
}

function dominantLineEnd(text: string): string {
  const all = text.split('\n').length - 1;
  const windows = text.split('\r\n').length - 1;
  return windows > all / 2 ? '\r\n' : '\n';
}

/** `key = value`, and the lines of a nested block below it, which have to be indented to be one. */
function settingLines(key: string, value: string): string[] {
  const [first = '', ...nested] = value.split('\n');
  const stray = nested.find((line) => !/^[ \t]+\S/.test(line));
  if (stray !== undefined) throw new TypeError(`a value of the profile setting ${key} would leave its line`);
  return [
    `${oneLine(key)} = ${oneLine(first)}`.trimEnd(),
    ...nested.map((line) => oneLine(line.replaceAll('\t', '  '))),
  ];
}

function oneLine(text: string): string {
  if (/\p{Cc}/u.test(text))
    throw new TypeError('a header, key or value of a profile holds a control character');
  return text;
}
