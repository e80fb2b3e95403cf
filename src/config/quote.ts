/** Longest piece of an input that an error quotes, in characters. */
const QUOTE_LENGTH = 120;

/** How the characters are shown that would break the line, by the escapes that everybody knows. */
const ESCAPES: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** Text of an input on one line: what cannot be seen is shown as an escape, the rest as it stands; cut when long. */
export function quote(text: string): string {
  const line = text.replaceAll(
    /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu,
    (character) => ESCAPES[character] ?? `\\u{${character.codePointAt(0)?.toString(16)}}`,
  );
  return line.length > QUOTE_LENGTH ? `${line.slice(0, QUOTE_LENGTH)}… (${text.length} characters)` : line;
}
