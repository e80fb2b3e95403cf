/** Breaks a marker without being seen. */
const BREAK = '\u200B';

/** Where a line could begin, for any reader: the runner itself begins one after `\n` and `\r`. */
const LINE_BREAK = /([\p{Cc}\p{Zl}\p{Zp}])/u;

/** What can stand before `::` at the start of a line and is not seen: more than the runner trims there. */
const BEGINS_COMMAND = /^([\p{Z}\p{C}\p{M}]*:)(?=:)/u;

/**
 * Text that the runner does not take for a command, whoever wrote it. All that is printed goes through here.
 *
 * The runner (source of 2.336, `ActionCommand.cs` and `ProcessInvoker.cs`) reads lines that end with `\n` or `\r`, on
 * standard output and standard error. A line is a command that begins with `::name`, after white space, or has
 * `##[name` anywhere. It looks for both markers by the rules of a language, which skip characters that are not seen,
 * and counts two and three characters from there: a marker that has one inside is followed by no name it knows.
 */
export function plainText(text: string): string {
  return withoutBrackets(text)
    .split(LINE_BREAK)
    .map((line) => line.replace(BEGINS_COMMAND, `$1${BREAK}`))
    .join('');
}

/** A secret in every form in which {@link plainText} can show it. */
export function shownForms(secret: string): readonly string[] {
  return [...new Set([secret, withoutBrackets(secret), plainText(secret)])];
}

function withoutBrackets(text: string): string {
  return text.replaceAll('##[', `##${BREAK}[`);
}
