import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { InputReader } from '../../config/input-reader.ts';
import * as parse from '../../config/parsers.ts';
import type { Environment } from '../../platform/environment.ts';
import { commandLine, SHELLS, type ShellName } from './shell.ts';

/** A program and its arguments. */
export type Program = readonly [string, ...string[]];

/** What the inputs `run` and `shell` say. */
export type Command =
  | { readonly shell: ShellName; readonly script: string }
  | { readonly shell: 'none'; readonly program: Program };

/**
 * Reads the inputs of the `exec/` action that the main action does not have.
 *
 * @returns undefined when one is not valid; the reader has the problem
 */
export function readCommand(inputs: InputReader, { RUNNER_OS }: Environment): Command | undefined {
  const defaultShell = RUNNER_OS === 'Windows' ? 'pwsh' : 'bash';
  const shell = inputs.withDefault('shell', parse.oneOf('bash', 'sh', 'pwsh', 'none'), defaultShell);
  const missing = { expected: 'the command to run', remedy: 'Add run under with:.' };
  if (shell === 'none') {
    const program = inputs.required<Program>('run', commandLine, missing);
    return program && { shell, program };
  }
  const script = inputs.required<string>('run', (value) => ({ value }), missing);
  return script === undefined ? undefined : { shell, script };
}

/**
 * The program that runs a command.
 *
 * @param folder gets the script for a shell
 */
export async function programOf(command: Command, folder: string): Promise<Program> {
  if (command.shell === 'none') return command.program;
  const shell = SHELLS[command.shell];
  const file = path.join(folder, `run${shell.extension}`);
  await writeFile(file, command.script, { mode: 0o600 });
  return shell.command(file);
}
