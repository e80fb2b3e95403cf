import { closeSync, constants, fstatSync, openSync, truncateSync } from 'node:fs';
import type { Environment } from '../platform/environment.ts';
import { ActionError } from '../platform/errors.ts';
import type { Undo } from './undo-steps.ts';

const COMMAND_FILES = ['GITHUB_ENV', 'GITHUB_OUTPUT', 'GITHUB_STATE'] as const;

/**
 * Remembers the length of the runner's command files. The runner reads them when the step ends, so truncating them takes
 * back everything that has been written since.
 *
 * @throws ActionError `RUNNER_FILE_MISSING`; without the files, the toolkit would write to the log instead
 */
export function rememberCommandFiles(env: Environment): Undo {
  const lengths = COMMAND_FILES.map((variable) => {
    const file = env[variable] ?? '';
    try {
      return { variable, file, bytes: lengthOf(file) };
    } catch (cause) {
      throw new ActionError('RUNNER_FILE_MISSING', {
        problem: `The file of the runner in ${variable} is missing.`,
        found: file === '' ? `${variable} is not set` : `${variable} names a file that cannot be written`,
        expected: 'a file that the runner created for this step',
        remedy:
          'Update the runner to 2.327.0 or later. Check whether a step or container clears or hides RUNNER_TEMP.',
        cause,
      });
    }
  });
  return (isIncomplete) => {
    for (const { variable, file, bytes } of lengths) {
      // The post step tries again to remove what the state names.
      if (isIncomplete && variable === 'GITHUB_STATE') continue;
      try {
        truncateSync(file, bytes);
      } catch {
        // The file cannot be written, so nothing has been written to it.
      }
    }
  };
}

/** Bytes of a regular file that can be written; throws for any other. */
function lengthOf(file: string): number {
  const opened = openSync(file, constants.O_WRONLY);
  try {
    const stats = fstatSync(opened);
    if (!stats.isFile()) throw new TypeError('not a regular file');
    return stats.size;
  } finally {
    closeSync(opened);
  }
}
