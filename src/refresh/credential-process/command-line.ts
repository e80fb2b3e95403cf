import { ActionError } from '../../platform/errors.ts';

/**
 * A command line for `credential_process`. The AWS CLI and boto3 split it as a POSIX shell does, or on Windows as the C
 * runtime of Microsoft does; other SDKs pass it to `sh -c` or `cmd.exe /C`. A word without special characters stays
 * unquoted, which all of them read alike: some SDKs escape the quotes of a line for `cmd.exe`, which then finds no program.
 *
 * @throws ActionError `DELIVERY_FAILED` for a path that no quoting gets through the shared config file
 */
export function credentialProcessLine(words: readonly string[], platform: NodeJS.Platform): string {
  if (platform !== 'win32') return words.map(quoteForPosix).join(' ');
  return words.map(quoteForWindows).map(unquoteStart).join(' ');
}

function quoteForPosix(word: string): string {
  refuse(word, /\p{Cc}|\s[#;]/u);
  return /^[\w./:=@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

function quoteForWindows(word: string): string {
  // File names cannot contain quotes there, and `cmd.exe` replaces %NAME% even within quotes.
  refuse(word, /\p{Cc}|\s[#;]|["%]/u);
  // Unquoted, `cmd.exe` ends the name of a program at `=`, `,` and `;`.
  return /^[\w.\\/:@+~!-]+$/.test(word) ? word : `"${word}"`;
}

/** `cmd.exe /C` strips the first and the last quote of a line that begins with one, so the program's opens after its drive. */
function unquoteStart(word: string, index: number): string {
  return index === 0 ? word.replace(/^"([A-Za-z]:)/, '$1"') : word;
}

function refuse(word: string, forbidden: RegExp): void {
  if (!forbidden.test(word)) return;
  throw new ActionError('DELIVERY_FAILED', {
    problem:
      'The path of a program or of the temporary folder cannot be written into a credential_process line.',
    found: word.replaceAll(/\p{Cc}/gu, '?'),
    expected: 'a path without line breaks, without # or ; after a space, and on Windows without %',
    remedy: 'Install the runner in another folder, or use refresh: broker without profiles.',
  });
}
