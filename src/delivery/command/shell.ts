import type { Parser } from '../../config/parsers.ts';

export type ShellName = 'bash' | 'sh' | 'pwsh' | 'none';

interface Shell {
  readonly extension: string;
  readonly start: (script: string) => readonly [string, ...string[]];
}

/** How the runner itself starts these shells (GitHub Docs, "Workflow syntax", `jobs.<job_id>.steps[*].shell`). */
const SHELLS: Readonly<Record<Exclude<ShellName, 'none'>, Shell>> = {
  bash: { extension: '.sh', start: (script) => ['bash', '--noprofile', '--norc', '-eo', 'pipefail', script] },
  sh: { extension: '.sh', start: (script) => ['sh', '-e', script] },
  pwsh: {
    extension: '.ps1',
    start: (script) => [
      'pwsh',
      '-command',
      `$ErrorActionPreference = 'stop'; . '${script.replaceAll("'", "''")}'; exit $LASTEXITCODE`,
    ],
  },
};

export function shellCommand(name: Exclude<ShellName, 'none'>): Shell {
  return SHELLS[name];
}

/**
 * A command line without a shell: words at white space, quotes keep words together, a backslash nothing special, so that
 * Windows paths can be written as they are.
 */
export const commandLine: Parser<readonly [string, ...string[]]> = (line) => {
  const words = line.match(/(?:[^\s"']+|"[^"]*"|'[^']*')+/g) ?? [];
  const [program, ...args] = words.map((word) => word.replaceAll(/"([^"]*)"|'([^']*)'/g, '$1$2'));
  const quotes = line.replaceAll(/"[^"]*"|'[^']*'/g, '');
  if (program !== undefined && !/["']/.test(quotes)) return { value: [program, ...args] };
  return {
    found: program === undefined ? 'no command' : 'a quote that does not end',
    expected: 'a program and its arguments, when shell is none',
    remedy: 'Close the quote, or let a shell read the command: shell: bash.',
  };
};
