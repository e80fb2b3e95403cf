import { spawn } from 'node:child_process';
import os from 'node:os';
import { ActionError } from '../../platform/errors.ts';

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
