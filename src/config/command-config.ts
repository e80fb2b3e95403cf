import type { Environment } from '../platform/environment.ts';
import type { InputReader } from './input-reader.ts';
import type { InputValue } from './inputs.ts';
import type { Parser } from './text-parsers.ts';

export type ShellName = NonNullable<InputValue<'shell'>>;

export interface Command {
  /** The shell, and the one to use if the runner does not have it. */
  readonly shells: readonly [ShellName, ...ShellName[]];
  /** The program and its arguments; the whole command as one word if a shell reads it. */
  readonly words: readonly [string, ...string[]];
}

/** The shells of a step without `shell` (GitHub Docs, "Workflow syntax", `jobs.<job_id>.steps[*].shell`). */
const defaultShells = ({ RUNNER_OS }: Environment): Command['shells'] =>
  RUNNER_OS === 'Windows' ? ['pwsh', 'powershell'] : ['bash', 'sh'];

/** Reads the inputs that only `exec` has. Returns undefined when it notes a problem. */
export function readCommand(inputs: InputReader, env: Environment): Command | undefined {
  const shell = inputs.get('shell');
  const shells = shell === undefined ? defaultShells(env) : ([shell] as const);
  const command = inputs.required('run', { expected: 'the command to run', remedy: 'Add run under with:.' });
  if (command === undefined) return undefined;
  if (shell !== 'none') return { shells, words: [command] };
  const parsed = commandLine(command);
  if ('value' in parsed) return { shells, words: parsed.value };
  inputs.problem({ ...parsed, input: 'run', found: parsed.found ?? command });
  return undefined;
}

/**
 * Splits a command line into words at white space; quotes keep words together. A backslash has no special meaning, so
 * that Windows paths need no escapes.
 */
export const commandLine: Parser<Command['words']> = (line) => {
  const words = line.match(/(?:[^\s"']|"[^"]*"|'[^']*')+/g) ?? [];
  const [program, ...args] = words.map((word) => word.replaceAll(/"([^"]*)"|'([^']*)'/g, '$1$2'));
  const areQuotesClosed = /^(?:[^"']|"[^"]*"|'[^']*')*$/.test(line);
  if (program !== undefined && areQuotesClosed) return { value: [program, ...args] };
  return {
    found: program === undefined ? 'no command' : 'a quote that does not end',
    expected: 'a program and its arguments, if shell is none',
    remedy: 'Close the quote, or use a shell: shell: bash.',
  };
};
