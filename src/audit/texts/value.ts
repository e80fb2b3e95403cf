import { ANYTHING, contains, exactly, type Language, sequence } from './language.ts';

/**
 * What is known of a text before the workflow runs:
 *
 * - `known`: it is `text`
 * - `varies`: it is each of `language` in one run or another, such as the branches that a filter lets through
 * - `unknown`: it is one of `language`, and the files do not say which, such as a secret
 */
export type Value =
  | { readonly kind: 'known'; readonly text: string; readonly language: Language; readonly shown: string }
  | {
      readonly kind: 'varies' | 'unknown';
      readonly language: Language;
      /** For people: the text with a pattern or `${{ … }}` in the place of what is not known. */
      readonly shown: string;
      /** Why it is not known, one sentence for each part. */
      readonly reasons: readonly string[];
    };

/** A text that is known. */
export function known(text: string): Value {
  return { kind: 'known', text, language: exactly(text), shown: text };
}

/** A text that differs from run to run. */
export function varies(shown: string, language: Language, reason: string): Value {
  return { kind: 'varies', language, shown, reasons: [reason] };
}

/** A text that the files do not have. */
export function unknown(shown: string, reason: string, language: Language = ANYTHING): Value {
  return { kind: 'unknown', language, shown, reasons: [reason] };
}

/** One text after the other. */
export function join(...parts: readonly (Value | string)[]): Value {
  const values = parts.map((part) => (typeof part === 'string' ? known(part) : part));
  const shown = values.map((value) => value.shown).join('');
  const open = values.filter((value) => value.kind !== 'known');
  if (open.length === 0) return known(shown);
  return {
    kind: open.some(({ kind }) => kind === 'unknown') ? 'unknown' : 'varies',
    language: sequence(...values.map(({ language }) => language)),
    shown,
    reasons: [...new Set(open.flatMap(({ reasons }) => reasons))],
  };
}

/** A value by another name, where each of its texts is replaced by one of `language`. */
export function replaced(value: Value, shown: string, language: Language): Value {
  return value.kind === 'known' ? known(shown) : { ...value, shown, language };
}

/** Whether the value can be this text. */
export function canBe(value: Value, text: string): boolean {
  return value.kind === 'known' ? value.text === text : contains(value.language, text);
}
