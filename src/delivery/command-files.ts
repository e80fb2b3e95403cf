import { closeSync, constants, fstatSync, openSync, truncateSync } from 'node:fs';
import type { Environment } from '../platform/environment.ts';
import { ActionError } from '../platform/errors.ts';

/** The variables that name the files through which the runner takes variables, outputs and state. */
const COMMAND_FILES = ['GITHUB_ENV', 'GITHUB_OUTPUT', 'GITHUB_STATE'] as const;

/**
 * Remembers how long the runner's command files are. The runner reads them when the step ends, so cutting them back
 * takes back everything written since.
 *
 * @returns takes back what was written since
 * @throws ActionError `RUNNER_FILE_MISSING`, before anything would be written somewhere else, the log for instance
 */
export function rememberCommandFiles(env: Environment): () => void {
  const lengths = COMMAND_FILES.map((variable) => {
    const file = env[variable] ?? '';
    try {
      return { file, bytes: lengthOf(file) };
    } catch (cause) {
      throw new ActionError('RUNNER_FILE_MISSING', {
        problem: `The runner's file for this step is missing: ${variable}.`,
        found: file === '' ? `${variable} is not set` : `${variable} names a file that cannot be written`,
        expected: 'a file that the runner made for this step',
        remedy:
          'Update the runner (2.327.0 or later), and look for a step or container that hides RUNNER_TEMP.',
        cause,
      });
    }
  });
  return () => {
    for (const { file, bytes } of lengths) {
      try {
        truncateSync(file, bytes);
      } catch {
        // Nothing could be written to it either.
      }
    }
  };
}

/** Bytes of a file that can be written to; throws for any other. */
function lengthOf(file: string): number {
  const opened = openSync(file, constants.O_WRONLY);
  try {
    const found = fstatSync(opened);
    if (!found.isFile()) throw new TypeError('no regular file');
    return found.size;
  } finally {
    closeSync(opened);
  }
}
