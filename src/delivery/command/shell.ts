import type { Parser } from '../../config/parsers.ts';

export type ShellName = 'bash' | 'sh' | 'pwsh';

interface Shell {
  /** The extension of the script file. */
  readonly extension: string;
  readonly command: (script: string) => readonly [string, ...string[]];
}

/** The commands of the runner itself (GitHub Docs, "Workflow syntax", `jobs.<job_id>.steps[*].shell`). */
export const SHELLS: Readonly<Record<ShellName, Shell>> = {
  bash: {
    extension: '.sh',
    command: (script) => ['bash', '--noprofile', '--norc', '-eo', 'pipefail', script],
  },
  sh: { extension: '.sh', command: (script) => ['sh', '-e', script] },
  pwsh: {
    extension: '.ps1',
    command: (script) => [
      'pwsh',
      '-command',
      `$ErrorActionPreference = 'stop'; . '${script.replaceAll("'", "''")}'; exit $LASTEXITCODE`,
    ],
  },
};

/**
 * A command line without a shell: white space separates words, quotes group them, and a backslash is an ordinary character,
 * so that Windows paths need no escapes.
 */
export const commandLine: Parser<readonly [string, ...string[]]> = (line) => {
  const words = line.match(/(?:[^\s"']+|"[^"]*"|'[^']*')+/g) ?? [];
  const [program, ...args] = words.map((word) => word.replaceAll(/"([^"]*)"|'([^']*)'/g, '$1$2'));
  const withoutQuoted = line.replaceAll(/"[^"]*"|'[^']*'/g, '');
  if (program !== undefined && !/["']/.test(withoutQuoted)) return { value: [program, ...args] };
  return {
    found: program === undefined ? 'no command' : 'a quote that is not closed',
    expected: 'a program and its arguments, with shell: none',
    remedy: 'Close the quote, or let a shell run the command: shell: bash.',
  };
};
