import { spawn } from 'node:child_process';
import os from 'node:os';
import { ActionError } from '../../platform/errors.ts';

/** Signals that end a job: the runner sends the first, then the second. */
const PASSED_ON: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * Runs a program in the foreground, with this process's own standard streams.
 *
 * @returns its exit code, or 128 and the number of the signal that ended it, as shells say it
 * @throws ActionError `COMMAND_NOT_STARTED`
 */
export async function runChild(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<number> {
  const child = spawn(program, args, { env, stdio: 'inherit' });
  const forward = PASSED_ON.map((signal) => {
    const listener = () => void child.kill(signal);
    process.on(signal, listener);
    return { signal, listener };
  });
  try {
    return await new Promise<number>((resolve, reject) => {
      child.on('error', (cause) => reject(notStarted(program, cause)));
      child.on('close', (code, signal) =>
        resolve(code ?? 128 + (os.constants.signals[signal ?? 'SIGTERM'] ?? 0)),
      );
    });
  } finally {
    for (const { signal, listener } of forward) process.off(signal, listener);
  }
}

function notStarted(program: string, cause: Error): ActionError {
  return new ActionError('COMMAND_NOT_STARTED', {
    problem: `The program ${program} could not be started (run, shell).`,
    found: 'code' in cause ? String(cause.code) : cause.name,
    expected: 'a program that the runner has on its PATH',
    remedy: 'Install it in a step before this one, or choose another shell.',
    cause,
  });
}
