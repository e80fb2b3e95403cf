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

export const text: Parser<string> = (value) => ({ value });

/** Text from which `read` makes a value; undefined for text that is not valid. */
export const parsedBy =
  <T>(read: (text: string) => T | undefined, expected: string, remedy: string): Parser<T> =>
  (text) => {
    const value = read(text);
    return value === undefined ? { expected, remedy } : { value };
  };

/** Text that matches one pattern. */
export const matching = (pattern: RegExp, expected: string, remedy: string) =>
  parsedBy((text) => (pattern.test(text) ? text : undefined), expected, remedy);

/** A boolean of YAML 1.2 (core schema), the same texts that `getBooleanInput` of `@actions/core` accepts. */
export const boolean = parsedBy(
  (text) => (/^(true|True|TRUE|false|False|FALSE)$/.test(text) ? text.toLowerCase() === 'true' : undefined),
  'true or false',
  'Write true or false.',
);

/** A decimal integer from `min` to `max` and nothing else: `2h` and `1e3` are not valid. */
export const wholeNumber = (min: number, max: number, unit: string) =>
  parsedBy(
    (text) => integerIn(text, min, max),
    `a whole number of ${unit} from ${min} to ${max}`,
    `Write digits only, such as ${min}.`,
  );

/** The number that {@link wholeNumber} accepts. */
export function integerIn(text: string, min: number, max: number): number | undefined {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  return value >= min && value <= max ? value : undefined;
}

/** One of a closed set of words. */
export const oneOf = <const W extends string>(...words: readonly W[]) =>
  parsedBy((text) => words.find((word) => word === text), words.join(', '), 'Use one of these words.');

/** Values separated by white space or commas, at least one. */
export const listOf = <T>(parser: Parser<T>) => separatedBy(/[\s,]/, parser);

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

/** The text for "not given" of inputs for which an empty text is a mistake. */
export const NONE = 'none';
