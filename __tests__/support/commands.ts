import type { StepResult } from '../../lab/job.ts';
import { readOutput } from '../../lab/runner-protocol.ts';

/** What the adapter prints on purpose; all else goes into the runner's files. */
const OURS: ReadonlySet<string> = new Set([
  'add-mask',
  'debug',
  'notice',
  'warning',
  'error',
  'group',
  'endgroup',
]);
/** An annotation on a line of a file, as `annotate` of the runner writes it. */
const ON_A_LINE = /^::(notice|warning|error) title=[^:\r\n]*,file=[^:\r\n]*,line=\d+::/;

/**
 * Fails when the runner reads a command in what a step wrote that is not one of ours, or not in the form in which the
 * toolkit writes ours: text of others became a command. Every end-to-end test goes through here.
 */
export function assertOnlyOurCommands({ stdout, stderr }: Pick<StepResult, 'stdout' | 'stderr'>): void {
  for (const { line, command } of readOutput(stdout)) {
    if (command === undefined) continue;
    const isPlain = line.startsWith(`::${command.command}::`) || ON_A_LINE.test(line);
    if (!OURS.has(command.command) || !isPlain)
      throw new Error(`text became a command of the runner: ${JSON.stringify(line)}`);
  }
  const inErrors = readOutput(stderr).find(({ command }) => command !== undefined);
  if (inErrors !== undefined)
    throw new Error(`text on standard error became a command: ${JSON.stringify(inErrors.line)}`);
}
