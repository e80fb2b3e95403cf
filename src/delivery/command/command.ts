import type { InputReader } from '../../config/input-reader.ts';
import * as parse from '../../config/parsers.ts';
import type { Environment } from '../../platform/environment.ts';
import { commandLine, type ShellName } from './shell.ts';

/** The command of the `exec/` action. */
export interface Command {
  readonly shell: ShellName;
  /** The program and its arguments; the whole command as one word if a shell reads it. */
  readonly words: readonly [string, ...string[]];
}

/** Reads the inputs that only `exec/` has. Returns undefined when it notes a problem. */
export function readCommand(inputs: InputReader, { RUNNER_OS }: Environment): Command | undefined {
  const defaultShell = RUNNER_OS === 'Windows' ? 'pwsh' : 'bash';
  const shell = inputs.withDefault('shell', parse.oneOf('bash', 'sh', 'pwsh', 'none'), defaultShell);
  const whole: parse.Parser<readonly [string]> = (value) => ({ value: [value] });
  const words = inputs.required<Command['words']>('run', shell === 'none' ? commandLine : whole, {
    expected: 'the command to run',
    remedy: 'Add run under with:.',
  });
  return words === undefined ? undefined : { shell, words };
}
