import { ActionError } from '../platform/errors.ts';

/**
 * A command line for `credential_process`. AWS CLI and boto3 split it as a POSIX shell would, or on Windows as Microsoft's
 * C runtime does; other SDKs hand it to `sh -c` or `cmd.exe /C`. Words without anything special are left as they are: that
 * is read alike by all, while `cmd.exe` strips quotes of a line that begins with one.
 *
 * @throws ActionError `DELIVERY_FAILED` for a path that no quoting gets through the shared config file
 */
export function processCommand(words: readonly string[], platform: NodeJS.Platform): string {
  return words.map((word) => (platform === 'win32' ? quoteForWindows(word) : quoteForPosix(word))).join(' ');
}

function quoteForPosix(word: string): string {
  refuse(word, /\p{Cc}|\s[#;]/u);
  return /^[\w./:=@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

function quoteForWindows(word: string): string {
  // No file has a quote in its name there, and `cmd.exe` replaces %NAME% even within quotes.
  refuse(word, /\p{Cc}|\s[#;]|["%]/u);
  return /^[\w.\\/:=@+~-]+$/.test(word) ? word : `"${word}"`;
}

function refuse(word: string, unfit: RegExp): void {
  if (!unfit.test(word)) return;
  throw new ActionError('DELIVERY_FAILED', {
    problem: 'The path of a program or of the temporary folder does not fit into a credential_process line.',
    found: word.replaceAll(/\p{Cc}/gu, '?'),
    expected: 'a path without line breaks, without # or ; after a space, and on Windows without %',
    remedy: 'Install the runner in another folder, or use refresh: broker without profiles.',
  });
}
