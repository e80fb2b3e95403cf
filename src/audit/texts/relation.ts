import {
  ANYTHING,
  both,
  either,
  hasEmptyText,
  keyOf,
  type Language,
  NOTHING,
  not,
  oneOf,
  repeat,
  restAfter,
  sequence,
} from './language.ts';

/** The characters that the next one is compared with. */
type Choice = Extract<Language, { kind: 'one' }>;

function nextChoices(language: Language): Choice[] {
  switch (language.kind) {
    case 'text':
      return [...language.text].slice(0, 1).map((characters) => ({ kind: 'one', characters, except: false }));
    case 'one':
      return [language];
    case 'repeat':
    case 'not':
      return nextChoices(language.of);
    case 'either':
    case 'both':
      return language.of.flatMap(nextChoices);
    case 'sequence': {
      const end = language.of.findIndex((part) => !hasEmptyText(part));
      return language.of.slice(0, end < 0 ? undefined : end + 1).flatMap(nextChoices);
    }
  }
}

/** A common beginning of all texts of the language, not always the longest. */
function beginning(language: Language): string {
  switch (language.kind) {
    case 'text':
      return language.text;
    case 'sequence':
      return language.of[0] === undefined ? '' : beginning(language.of[0]);
    case 'both':
      return language.of.map(beginning).reduce((a, b) => (a.length < b.length ? b : a), '');
    default:
      return '';
  }
}

/** The limit for one question. A branch filter and a pattern of a trust policy need far fewer. */
const MAX_STATES = 1_000;
/** Examples use these for characters that no pattern names. */
const PLAIN = 'xyzabcdefghijklmnopqrstuvw0123456789_-';

/**
 * A short text of the language.
 *
 * @returns undefined when the language is empty, `unknown` when the limit was reached
 */
export function example(language: Language): { readonly text: string } | 'unknown' | undefined {
  const seen = new Set<string>();
  const open: (readonly [Language, string])[] = [[language, '']];
  for (const [rest, text] of open) {
    if (hasEmptyText(rest)) return { text };
    for (const step of steps(rest)) {
      const next = restAfter(rest, step);
      if (next === NOTHING || seen.has(keyOf(next))) continue;
      if (seen.size === MAX_STATES) return 'unknown';
      seen.add(keyOf(next));
      open.push([next, text + step]);
    }
  }
  return undefined;
}

/** The next characters to follow, one for each different continuation. */
function steps(language: Language): Iterable<string> {
  const forced = beginning(language);
  if (forced !== '') return [forced];
  const choices = nextChoices(language);
  const named = new Set(choices.flatMap(({ characters }) => [...characters]));
  const plain = [...PLAIN].find((character) => !named.has(character)) ?? '\uE000';
  // Characters that match the same choices have the same continuation.
  const byTreatment = new Map<string, string>();
  for (const character of [plain, ...named]) {
    const treatment = choices.map(({ characters }) => (characters.includes(character) ? 1 : 0)).join('');
    if (!byTreatment.has(treatment)) byTreatment.set(treatment, character);
  }
  return byTreatment.values();
}

/** The relation of one language to another. */
export type Relation = 'inside' | 'outside' | 'partly' | 'unknown';

/** Whether all texts of `language` are in `other`, none of them, or some. An empty language is inside any. */
export function relation(language: Language, other: Language): Relation {
  const [shared, beyond] = [example(both(language, other)), example(both(language, not(other)))];
  if (beyond === undefined) return 'inside';
  if (shared === undefined) return 'outside';
  return shared === 'unknown' || beyond === 'unknown' ? 'unknown' : 'partly';
}

/** The language without case. A complement of texts in one case becomes every text. */
export function ignoringCase(language: Language): Language {
  switch (language.kind) {
    case 'text':
      return sequence(...[...language.text].map((character) => oneOf(bothCases(character))));
    case 'one':
      return language.except
        ? oneOf([...language.characters].filter(hasOneCase).join(''), true)
        : oneOf([...language.characters].map(bothCases).join(''));
    case 'repeat':
      return repeat(ignoringCase(language.of));
    case 'either':
      return either(...language.of.map(ignoringCase));
    case 'sequence':
      return sequence(...language.of.map(ignoringCase));
    case 'both':
      return both(...language.of.map(ignoringCase));
    case 'not':
      return keyOf(ignoringCase(language.of)) === keyOf(language.of) ? language : ANYTHING;
  }
}

const hasOneCase = (character: string) => character.toLowerCase() === character.toUpperCase();
const bothCases = (character: string) => character.toLowerCase() + character.toUpperCase();
