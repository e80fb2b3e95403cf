/** The result of a parser: the value of an input, or what is wrong with its text. */
type Parsed<T> = { readonly value: T } | Rejection;

export interface Rejection {
  /** A noun phrase: what the text has to be. */
  readonly expected: string;
  /** Sentences in the imperative: what the user can do. */
  readonly remedy: string;
  /** The part of the text at fault, or a description of it; undefined for the whole text. */
  readonly found?: string | undefined;
}

/** Reads the text of one input, without white space around it. The text is never empty: that means "not given". */
export type Parser<T> = (text: string) => Parsed<T>;

/** Any text. */
export const text: Parser<string> = (value) => ({ value });

/** Text that matches one pattern. */
export const matching =
  (pattern: RegExp, expected: string, remedy: string): Parser<string> =>
  (value) =>
    pattern.test(value) ? { value } : { expected, remedy };

/** A boolean of YAML 1.2 (core schema), the same texts that `getBooleanInput` of `@actions/core` accepts. */
export const boolean: Parser<boolean> = (value) => {
  if (/^(true|True|TRUE)$/.test(value)) return { value: true };
  if (/^(false|False|FALSE)$/.test(value)) return { value: false };
  return { expected: 'true or false', remedy: 'Write true or false.' };
};

/** A decimal integer from `min` to `max` and nothing else: `2h` and `1e3` are not valid. */
export const wholeNumber =
  (min: number, max: number, unit: string): Parser<number> =>
  (digits) => {
    const value = /^\d{1,9}$/.test(digits) ? Number(digits) : Number.NaN;
    if (value >= min && value <= max) return { value };
    return {
      expected: `a whole number of ${unit} from ${min} to ${max}`,
      remedy: `Write digits only, such as ${min}.`,
    };
  };

/** One of a closed set of words. */
export const oneOf =
  <const W extends string>(...words: readonly W[]): Parser<W> =>
  (word) => {
    const value = words.find((candidate) => candidate === word);
    if (value !== undefined) return { value };
    return { expected: words.join(', '), remedy: 'Use one of these words.' };
  };

/** Values separated by white space or commas, at least one. */
export const listOf = <T>(parser: Parser<T>) => separatedBy(/[\s,]+/, parser);

/** Values on lines of their own, at least one. */
export const linesOf = <T>(parser: Parser<T>) => separatedBy('\n', parser);

const separatedBy =
  <T>(separator: RegExp | string, parser: Parser<T>): Parser<readonly T[]> =>
  (list) => {
    const values: T[] = [];
    const items = list.split(separator).map((item) => item.trim());
    for (const item of items.filter((candidate) => candidate !== '')) {
      const parsed = parser(item);
      if (!('value' in parsed)) return { ...parsed, found: parsed.found ?? item };
      values.push(parsed.value);
    }
    if (values.length > 0) return { value: values };
    return { expected: 'at least one value', remedy: 'Write a value, or remove the input.' };
  };
