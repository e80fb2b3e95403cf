import {
  type ActionError,
  describeDetails,
  describePart,
  type ErrorDetails,
  type ErrorPart,
} from '../errors.ts';
import { withoutNames } from '../similar-text.ts';

/** The length at which the runner truncates an annotation, in UTF-16 code units (actions/runner 2.336). */
const MAX_ANNOTATION_LENGTH = 4096;

/** Limits for one fact and for one list of names in an annotation that is too long otherwise, in characters. */
const MAX_FACT_LENGTH = 600;
const MAX_NAMES_LENGTH = 300;

/** The log group with the details that an annotation leaves out. */
export const ALL_DETAILS = 'Details of the failure';

/**
 * Renders an error so that the runner does not truncate it. Parts that differ only in profile, role and request are shown
 * once. If the text is still too long, the facts of the parts are left out first, then parts. The remedy and the link
 * always remain.
 *
 * @param docs the link to the documentation of the error
 * @returns the text, and lines for the log with what the text leaves out
 */
export function annotation(error: ActionError, docs: string | undefined) {
  const link = docs === undefined ? [] : [`  docs:     ${docs}`];
  const groups = alike(error.details.parts ?? []);
  const { problem, ...common } = error.details;
  const assemble = (details: ErrorDetails, parts: readonly string[]) => {
    const [first, ...facts] = describeDetails(details);
    return [`${first} [${error.code}]`, ...parts, ...facts, ...link].join('\n');
  };
  const complete = groups.every(({ differing }) => !differing);
  const rest = error.message.split('\n');
  const full = assemble(
    error.details,
    groups.flatMap((group) => describePart(...nameAll(group))),
  );
  if (full.length <= MAX_ANNOTATION_LENGTH) return { text: full, rest: complete ? [] : rest };

  const short = {
    ...shortened(common),
    problem: cut(problem),
    remedy: `${cut(common.remedy)} The log group "${ALL_DETAILS}" has the complete text.`,
  };
  const room = MAX_ANNOTATION_LENGTH - assemble(short, []).length;
  return { text: assemble(short, partsThatFit(groups, room)), rest };
}

/** The groups with as much detail as there is room for, or the first groups where even the names are too long. */
function partsThatFit(groups: readonly Group[], room: number): string[] {
  const levels: ((group: Group) => string[])[] = [
    (group) => describePart(...nameAll(group)),
    (group) => describePart(...nameSome(group)),
    (group) => withoutFacts(group, /^ {4}(likely|next): /),
    (group) => withoutFacts(group, /^ {4}next: /),
    (group) => describePart(...nameSome(group)).slice(0, 1),
  ];
  const lengthOf = (lines: readonly string[]) => lines.reduce((sum, line) => sum + line.length + 1, 0);
  let lines: string[] = [];
  for (const level of levels) {
    lines = groups.flatMap(level);
    if (lengthOf(lines) <= room) return lines;
  }
  const more = (count: number) => `  … and ${count} more`;
  const fitting: string[] = [];
  for (const line of lines) {
    if (lengthOf([...fitting, line, more(lines.length)]) > room) break;
    fitting.push(line);
  }
  return [...fitting, more(lines.length - fitting.length)];
}

function withoutFacts(group: Group, kept: RegExp): string[] {
  const [first = '', ...facts] = describePart(...nameSome(group));
  return [first, ...facts.filter((line) => kept.test(line))];
}

interface Group {
  readonly part: ErrorPart;
  readonly names: readonly string[];
  readonly differing: boolean;
}

function alike(parts: readonly ErrorPart[]): readonly Group[] {
  const groups = new Map<string, Group>();
  for (const [index, part] of parts.entries()) {
    const { about, ...text } = part;
    const key = about === undefined ? String(index) : JSON.stringify([about.code, textWithoutNames(text)]);
    const group = groups.get(key) ?? { part, names: [], differing: false };
    const first = JSON.stringify({ ...group.part, about: undefined });
    groups.set(key, {
      part: group.part,
      names: about === undefined ? [] : [...group.names, about.name],
      differing: group.differing || JSON.stringify({ ...part, about: undefined }) !== first,
    });
  }
  return [...groups.values()];
}

/** The text of a part without the values that vary with its name. */
function textWithoutNames(text: Omit<ErrorPart, 'about'>): string {
  const { problem, found, expected, likely, remedy } = text;
  return withoutNames(JSON.stringify([problem, found, expected, likely, remedy]));
}

function nameAll({ part, names, differing }: Group): [ErrorPart, string] {
  return [part, names.join(', ') + (differing ? `, in the wording for ${names[0]}` : '')];
}

function nameSome({ part, names, differing }: Group): [ErrorPart, string] {
  const shown: string[] = [];
  for (const name of names) {
    if (shown.length > 0 && [...shown, name].join(', ').length > MAX_NAMES_LENGTH) break;
    shown.push(name);
  }
  const more = names.length - shown.length;
  const list = more === 0 ? shown.join(', ') : `${shown.join(', ')} and ${more} more`;
  return [
    { ...part, ...shortened(part), problem: cut(part.problem), remedy: cut(part.remedy) },
    list + (differing ? `, in the wording for ${names[0]}` : ''),
  ];
}

function shortened({ found, expected, likely }: Partial<ErrorDetails>): Partial<ErrorDetails> {
  return { found: found && cut(found), expected: expected && cut(expected), likely: likely && cut(likely) };
}

/** Truncates a message without parts to the length that the runner keeps. */
export function fitting(message: string): string {
  return message.length <= MAX_ANNOTATION_LENGTH
    ? message
    : `${message.slice(0, MAX_ANNOTATION_LENGTH - 1)}…`;
}

function cut(text: string): string {
  return text.length <= MAX_FACT_LENGTH ? text : `${text.slice(0, MAX_FACT_LENGTH)}…`;
}
