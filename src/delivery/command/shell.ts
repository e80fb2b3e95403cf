import type { ShellName } from '../../config/command-config.ts';

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
