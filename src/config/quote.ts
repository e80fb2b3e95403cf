/** The maximum number of characters of an input that an error shows. */
const QUOTE_LENGTH = 120;

const ESCAPES: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** The text of an input on one line: invisible characters as escapes, long text truncated. */
export function quote(text: string): string {
  const line = text.replaceAll(
    /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu,
    (character) => ESCAPES[character] ?? `\\u{${character.codePointAt(0)?.toString(16)}}`,
  );
  return line.length > QUOTE_LENGTH ? `${line.slice(0, QUOTE_LENGTH)}… (${text.length} characters)` : line;
}
