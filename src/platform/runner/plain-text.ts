/** Breaks a marker invisibly: a zero-width space. */
const BREAK = '\u200B';

/** The characters after which a reader may start a new line. The runner does so after `\n` and `\r`. */
const LINE_BREAK = /([\p{Cc}\p{Zl}\p{Zp}])/u;

/** Invisible characters before `::` at the start of a line: more than the runner trims. */
const BEGINS_COMMAND = /^([\p{Z}\p{C}\p{M}]*:)(?=:)/u;

/**
 * Makes text safe to print: the runner cannot read any of it as a command. All printed text goes through here.
 *
 * The runner (2.336, `ActionCommand.cs` and `ProcessInvoker.cs`) reads lines that end with `\n` or `\r` on standard output
 * and standard error. A line is a command if it starts with `::name`, after optional white space, or contains `##[name`.
 * Its search for both markers is culture-sensitive and ignores invisible characters, but it then counts two and three
 * characters from the match. A marker with an invisible character inside is therefore not followed by a known name.
 */
export function plainText(text: string): string {
  return withoutBrackets(text)
    .split(LINE_BREAK)
    .map((line) => line.replace(BEGINS_COMMAND, `$1${BREAK}`))
    .join('');
}

/** Every form in which {@link plainText} can print a secret. */
export function shownForms(secret: string): readonly string[] {
  return [...new Set([secret, withoutBrackets(secret), plainText(secret)])];
}

function withoutBrackets(text: string): string {
  return text.replaceAll('##[', `##${BREAK}[`);
}
