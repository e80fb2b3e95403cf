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

/**
 * The names that a filter pattern matches (GitHub Docs, "Workflow syntax for GitHub Actions",
 * "Filter pattern cheat sheet"): `*`, `**`, `?`, `+` and `[]`; `\` escapes a character.
 *
 * @param pattern without a leading `!`
 */
export function namesOf(pattern: string): Language {
  const units: Language[] = [];
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern.charAt(at);
    const close = character === '[' ? pattern.indexOf(']', at + 2) : -1;
    if (character === '*') {
      const double = pattern[at + 1] === '*';
      units.push(repeat(double ? IN_REFS : IN_PART));
      if (double) at++;
    } else if (character === '?' || character === '+') {
      const before = units.pop() ?? exactly(character);
      units.push(character === '?' ? either(before, exactly('')) : sequence(before, repeat(before)));
    } else if (close > 0) {
      units.push(oneOf(expandRanges(pattern.slice(at + 1, close))) ?? ANY_CHARACTER);
      at = close;
    } else if (character === '\\' && at + 1 < pattern.length) units.push(exactly(pattern.charAt(++at)));
    else units.push(exactly(character));
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
