import { ANYTHING, exactly, type Language, sequence } from './language.ts';

/**
 * A text, as far as it is known before the workflow runs:
 *
 * - `known`: the text is `text`
 * - `varies`: each text of `language` occurs in some run, for example each branch that a filter lets through
 * - `unknown`: the text is one of `language`, for example the value of a secret
 */
export type Value =
  | { readonly kind: 'known'; readonly text: string; readonly language: Language; readonly shown: string }
  | {
      readonly kind: 'varies' | 'unknown';
      readonly language: Language;
      /** The text to show, with a pattern or `${{ … }}` for each unknown part. */
      readonly shown: string;
      /** Why parts are not known: sentences without the full stop. */
      readonly reasons: readonly string[];
    };

/** A known text. */
export function known(text: string): Value {
  return { kind: 'known', text, language: exactly(text), shown: text };
}

/** A text that differs from run to run. */
export function varies(shown: string, language: Language, reason: string): Value {
  return { kind: 'varies', language, shown, reasons: [reason] };
}

/** A text that the files do not contain. */
export function unknown(shown: string, reason: string, language: Language = ANYTHING): Value {
  return { kind: 'unknown', language, shown, reasons: [reason] };
}

/** Concatenates values. */
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
