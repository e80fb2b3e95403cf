/** Text of others in Markdown: on one line, and without markup. */
export function escapeText(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').replaceAll(/[\\|<>`*_[\]~&]/g, '\\$&');
}

/** The text of a label; Mermaid interprets `%%{` and other characters even in quotes. */
export function escapeLabel(text: string): string {
  return text.replaceAll(/[^\w .:/+=,@-]/gu, (character) => `#${character.codePointAt(0)};`);
}
