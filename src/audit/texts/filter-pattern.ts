import { ANY_CHARACTER, either, exactly, type Language, oneOf, repeat, sequence } from './language.ts';

/** Characters that names of branches and tags cannot have (git-check-ref-format). */
const NOT_IN_REFS = ' ~^:?*[\\\x7f';

const IN_REFS = oneOf(NOT_IN_REFS, true);
const IN_PART = oneOf(`${NOT_IN_REFS}/`, true);

/** Any name of a branch or tag. */
export const ANY_NAME = sequence(IN_REFS, repeat(IN_REFS));

/** Whether a pattern matches only one name. */
export function isPlainName(pattern: string): boolean {
  return !/[*?+[\]!\\]/.test(pattern);
}

/** The parts of a pattern. A bracket that does not close, and a `\` at the end, stand for themselves. */
const PART = /\*\*|[*?+]|\[(?<set>.[^\]]*)\]|\\(?<escaped>.)|./gsu;

/**
 * The names that a filter pattern matches (GitHub Docs, "Workflow syntax for GitHub Actions",
 * "Filter pattern cheat sheet"): `*`, `**`, `?`, `+` and `[]`; `\` escapes a character.
 *
 * @param pattern without a leading `!`
 */
export function namesOf(pattern: string): Language {
  const units: Language[] = [];
  for (const { 0: part, groups: { set, escaped } = {} } of pattern.matchAll(PART)) {
    if (part === '**') units.push(repeat(IN_REFS));
    else if (part === '*') units.push(repeat(IN_PART));
    else if (part === '?' || part === '+') {
      const before = units.pop() ?? exactly(part);
      units.push(part === '?' ? either(before, exactly('')) : sequence(before, repeat(before)));
    } else if (set !== undefined) units.push(oneOf(expandRanges(set)) ?? ANY_CHARACTER);
    else units.push(exactly(escaped ?? part));
  }
  return sequence(...units);
}

/** Expands `0-9` between brackets. */
function expandRanges(text: string): string {
  return text.replaceAll(/(.)-(.)/gsu, (_, first: string, last: string) => {
    const [from = 0, to = 0] = [first.codePointAt(0), last.codePointAt(0)];
    const count = Math.min(Math.max(to - from + 1, 0), 512);
    return Array.from({ length: count }, (_item, index) => String.fromCodePoint(from + index)).join('');
  });
}
