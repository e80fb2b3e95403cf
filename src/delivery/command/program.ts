import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Command, ShellName } from '../../config/command-config.ts';
import { ActionError } from '../../platform/errors.ts';

type Start = readonly [string, ...string[]];

/** How the runner itself starts these shells (GitHub Docs, "Workflow syntax", `jobs.<job_id>.steps[*].shell`). */
const SHELLS: Readonly<Record<Exclude<ShellName, 'none'>, (script: string) => Start>> = {
  bash: (script) => ['bash', '--noprofile', '--norc', '-eo', 'pipefail', script],
  sh: (script) => ['sh', '-e', script],
  pwsh: (script) => [
    'pwsh',
    '-command',
    `$ErrorActionPreference = 'stop'; . '${script.replaceAll("'", "''")}'; exit $LASTEXITCODE`,
  ],
};

/**
 * The program that runs a command, and its arguments.
 *
 * @param folder receives the script for a shell
 */
export async function programOf({ shell, words }: Command, folder: string): Promise<Start> {
  if (shell === 'none') return words;
  const script = path.join(folder, shell === 'pwsh' ? 'run.ps1' : 'run.sh');
  await writeFile(script, words[0], { mode: 0o600 });
  return SHELLS[shell](script);
}

/** The signals that end a job. The runner sends SIGINT first, then SIGTERM. */
const FORWARDED: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * Runs a program with the standard streams of this process, and forwards signals to it.
 *
 * @returns its exit code; 128 plus the number of the signal that ended it, as shells report it
 * @throws ActionError `COMMAND_NOT_STARTED`
 */
export async function runChild(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<number> {
  const child = spawn(program, args, { env, stdio: 'inherit' });
  const forward = (signal: NodeJS.Signals) => void child.kill(signal);
  for (const signal of FORWARDED) process.on(signal, forward);
  try {
    return await new Promise<number>((resolve, reject) => {
      child.on('error', (cause) => reject(notStarted(program, cause)));
      child.on('close', (code, signal) =>
        resolve(code ?? 128 + (os.constants.signals[signal ?? 'SIGTERM'] ?? 0)),
      );
    });
  } finally {
    for (const signal of FORWARDED) process.off(signal, forward);
  }
}

function notStarted(program: string, cause: Error): ActionError {
  return new ActionError('COMMAND_NOT_STARTED', {
    problem: `The program ${program} could not be started (run, shell).`,
    found: 'code' in cause ? String(cause.code) : cause.name,
    expected: 'a program on the PATH of the runner',
    remedy: 'Install it in a step before this one, or choose another shell.',
    cause,
  });
}
