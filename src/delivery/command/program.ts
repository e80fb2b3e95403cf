import { type ChildProcess, spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Command, ShellName } from '../../config/command-config.ts';
import { ActionError, systemErrorCode } from '../../platform/errors.ts';

/** How to start a program. */
export interface Start {
  readonly program: string;
  readonly args: readonly string[];
  /** Whether the arguments have the quotes that Windows needs. */
  readonly isQuoted?: boolean;
}

/** How the runner itself starts these shells (GitHub Docs, "Workflow syntax", `jobs.<job_id>.steps[*].shell`). */
const SHELLS: Readonly<Record<Exclude<ShellName, 'none'>, (script: string) => Start>> = {
  bash: (script) => ({ program: 'bash', args: ['--noprofile', '--norc', '-eo', 'pipefail', script] }),
  sh: (script) => ({ program: 'sh', args: ['-e', script] }),
  pwsh: (script) => powerShell('pwsh', script),
  powershell: (script) => powerShell('powershell', script),
  cmd: (script) => ({
    program: 'cmd',
    args: ['/D', '/E:ON', '/V:OFF', '/S', '/C', `"CALL "${script}""`],
    isQuoted: true,
  }),
};

function powerShell(program: string, script: string): Start {
  const load = `. '${script.replaceAll("'", "''")}'`;
  return { program, args: ['-command', `$ErrorActionPreference = 'stop'; ${load}; exit $LASTEXITCODE`] };
}

const EXTENSIONS: Readonly<Partial<Record<ShellName, string>>> = {
  pwsh: '.ps1',
  powershell: '.ps1',
  cmd: '.cmd',
};

/** The script file of a command. A batch file needs the line ends of Windows, and would show each line that it runs. */
const textOf = (shell: ShellName, command: string) =>
  shell === 'cmd' ? `@echo off\r\n${command.replaceAll(/\r?\n/g, '\r\n')}` : command;

/**
 * How to start a command: the first of these whose program exists.
 *
 * @param folder receives the script for a shell
 */
export function programsOf({ shells, words }: Command, folder: string): Promise<Start[]> {
  const [program, ...args] = words;
  return Promise.all(
    shells.map(async (shell) => {
      if (shell === 'none') return { program, args };
      const script = path.join(folder, `${shell}${EXTENSIONS[shell] ?? '.sh'}`);
      await writeFile(script, textOf(shell, program), { mode: 0o600 });
      return SHELLS[shell](script);
    }),
  );
}

/** The signals that end a job. The runner sends SIGINT first, then SIGTERM; on Windows, SIGBREAK is the second. */
const FORWARDED: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGBREAK'];

/**
 * Runs the first of some programs that exists with the standard streams of this process, and forwards signals to it.
 *
 * @returns its exit code; 128 plus the number of the signal that ended it, as shells report it
 * @throws ActionError `COMMAND_NOT_STARTED`
 */
export async function runFirst(
  starts: readonly Start[],
  env: Readonly<Record<string, string>>,
): Promise<number> {
  for (const start of starts) {
    try {
      return await runChild(start, env);
    } catch (cause) {
      if (systemErrorCode(cause) !== 'ENOENT' || start === starts.at(-1)) throw notStarted(starts, cause);
    }
  }
  throw new TypeError('there is no program to run');
}

/** @throws the error of the system */
async function runChild(start: Start, env: Readonly<Record<string, string>>): Promise<number> {
  const child = spawnChild(start, env);
  const forward = (signal: NodeJS.Signals) => {
    // On Windows, every process of the console gets Ctrl+C and Ctrl+Break, and `kill` would end the program at once.
    if (process.platform !== 'win32') child.kill(signal);
  };
  for (const signal of FORWARDED) process.on(signal, forward);
  try {
    return await new Promise<number>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code, signal) =>
        resolve(code ?? 128 + (os.constants.signals[signal ?? 'SIGTERM'] ?? 0)),
      );
    });
  } finally {
    for (const signal of FORWARDED) process.off(signal, forward);
  }
}

function spawnChild(start: Start, env: Readonly<Record<string, string>>): ChildProcess {
  const { program, args, isQuoted = false } = start;
  // Node.js throws some errors: for a batch file, and for a command line that is too long.
  return spawn(program, args, { env, stdio: 'inherit', windowsVerbatimArguments: isQuoted });
}

function notStarted(starts: readonly Start[], cause: unknown): ActionError {
  const program = starts.map((start) => start.program).join(' or ');
  return new ActionError('COMMAND_NOT_STARTED', {
    problem: `The program ${program} could not be started (run, shell).`,
    found: systemErrorCode(cause) ?? 'an unknown error',
    expected: 'a program on the PATH of the runner',
    remedy:
      process.platform === 'win32'
        ? 'Install it in a step before this one, or choose another shell. A .cmd or .bat file needs shell: cmd.'
        : 'Install it in a step before this one, or choose another shell.',
    cause,
  });
}
