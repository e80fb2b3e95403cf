/**
 * A set of texts: the names that a branch filter lets through, the texts that an IAM pattern matches. Sets are compared by
 * derivatives (Brzozowski, "Derivatives of Regular Expressions"), which support intersection and complement directly.
 */
export type Language =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'one'; readonly characters: string; readonly except: boolean }
  | { readonly kind: 'repeat' | 'not'; readonly of: Language }
  | { readonly kind: 'sequence' | 'either' | 'both'; readonly of: readonly Language[] };

const KEYS = new WeakMap<Language, string>();

/** A key that equal expressions share. Computed on demand, because most derivatives do not need one. */
export function keyOf(language: Language): string {
  let key = KEYS.get(language);
  if (key === undefined) {
    key = newKeyOf(language);
    KEYS.set(language, key);
  }
  return key;
}

function newKeyOf(language: Language): string {
  switch (language.kind) {
    case 'text':
      return JSON.stringify(language.text);
    case 'one':
      return `[${language.except ? '^' : ''}${JSON.stringify(language.characters)}]`;
    case 'repeat':
    case 'not':
      return `${language.kind}(${keyOf(language.of)})`;
    default:
      return `${language.kind}(${language.of.map(keyOf).join()})`;
  }
}

/** Exactly one text. */
export function exactly(text: string): Language {
  return { kind: 'text', text };
}

const EMPTY_TEXT = exactly('');

/** One of these characters, or one other character. */
export function oneOf(characters: string, except = false): Language {
  const sorted = [...new Set(characters)].sort().join('');
  if (!except && sorted.length === 1) return exactly(sorted);
  return { kind: 'one', characters: sorted, except };
}

/** No text at all. */
export const NOTHING: Language = { kind: 'either', of: [] };

/** Any one character. */
export const ANY_CHARACTER = oneOf('', true);

/** Every text. */
export const ANYTHING: Language = { kind: 'repeat', of: ANY_CHARACTER };

/** Every text except the empty one. */
export const NOT_EMPTY = sequence(ANY_CHARACTER, ANYTHING);

/** Zero or more texts of a language. */
export function repeat(of: Language): Language {
  if (of === ANY_CHARACTER || of === ANYTHING) return ANYTHING;
  if (of === NOTHING || (of.kind === 'text' && of.text === '')) return EMPTY_TEXT;
  if (of.kind === 'repeat') return of;
  return { kind: 'repeat', of };
}

/** Concatenates languages. */
export function sequence(...parts: readonly Language[]): Language {
  const flat: Language[] = [];
  for (const part of parts.flatMap((one) => (one.kind === 'sequence' ? one.of : [one]))) {
    const last = flat.at(-1);
    if (part === NOTHING) return NOTHING;
    if (part.kind === 'text' && last?.kind === 'text') flat[flat.length - 1] = exactly(last.text + part.text);
    else if (part.kind === 'text' && part.text === '') continue;
    else if (part === ANYTHING && last === ANYTHING) continue;
    else flat.push(part);
  }
  const [only = EMPTY_TEXT] = flat;
  if (flat.length < 2) return only;
  return { kind: 'sequence', of: flat };
}

/** The union of languages. */
export function either(...parts: readonly Language[]): Language {
  const flat = distinct(parts.flatMap((part) => (part.kind === 'either' ? part.of : [part])));
  const [only = NOTHING] = flat;
  if (flat.length < 2) return only;
  if (flat.includes(ANYTHING)) return ANYTHING;
  return { kind: 'either', of: flat };
}

/** The intersection of languages. */
export function both(...parts: readonly Language[]): Language {
  const flat = distinct(parts.flatMap((part) => (part.kind === 'both' ? part.of : [part]))).filter(
    (part) => part !== ANYTHING,
  );
  if (flat.includes(NOTHING)) return NOTHING;
  const text = flat.find((part) => part.kind === 'text');
  if (text?.kind === 'text') return flat.every((part) => contains(part, text.text)) ? text : NOTHING;
  const [only = ANYTHING] = flat;
  if (flat.length < 2) return only;
  return { kind: 'both', of: flat };
}

/** The complement of a language. */
export function not(of: Language): Language {
  if (of.kind === 'not') return of.of;
  if (of === ANYTHING) return NOTHING;
  if (of === NOTHING) return ANYTHING;
  return { kind: 'not', of };
}

function distinct(parts: readonly Language[]): Language[] {
  if (parts.length < 2) return [...parts];
  const byKey = new Map(parts.map((part) => [keyOf(part), part]));
  return [...byKey].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, part]) => part);
}

/** Whether a text is in the language. */
export function contains(language: Language, text: string): boolean {
  if (language.kind === 'text') return language.text === text;
  let rest: Language = language;
  for (const character of text) {
    if (rest === ANYTHING) return true;
    if (rest === NOTHING) return false;
    rest = restAfterCharacter(rest, character);
  }
  return hasEmptyText(rest);
}

/** The texts that can follow `text` in the language. */
export function restAfter(language: Language, text: string): Language {
  let rest: Language = language;
  for (const character of text) rest = restAfterCharacter(rest, character);
  return rest;
}

/** A number without a sign, for example an ID. */
export const DIGITS = sequence(oneOf('0123456789'), repeat(oneOf('0123456789')));

/** Whether the empty text is in the language. */
export function hasEmptyText(language: Language): boolean {
  switch (language.kind) {
    case 'text':
      return language.text === '';
    case 'one':
      return false;
    case 'repeat':
      return true;
    case 'either':
      return language.of.some(hasEmptyText);
    case 'sequence':
    case 'both':
      return language.of.every(hasEmptyText);
    case 'not':
      return !hasEmptyText(language.of);
  }
}

/** The texts that can follow one character; see {@link restAfter}. */
function restAfterCharacter(language: Language, character: string): Language {
  switch (language.kind) {
    case 'text':
      return language.text.startsWith(character) && language.text !== ''
        ? exactly(language.text.slice(character.length))
        : NOTHING;
    case 'one':
      return language.characters.includes(character) !== language.except ? EMPTY_TEXT : NOTHING;
    case 'repeat':
      return language === ANYTHING
        ? ANYTHING
        : sequence(restAfterCharacter(language.of, character), language);
    case 'either':
      return either(...language.of.map((part) => restAfterCharacter(part, character)));
    case 'both':
      return both(...language.of.map((part) => restAfterCharacter(part, character)));
    case 'not':
      return not(restAfterCharacter(language.of, character));
    case 'sequence': {
      const alternatives: Language[] = [];
      for (const [index, part] of language.of.entries()) {
        alternatives.push(sequence(restAfterCharacter(part, character), ...language.of.slice(index + 1)));
        if (!hasEmptyText(part)) break;
      }
      return either(...alternatives);
    }
  }
}
