import path from 'node:path';
import type { Environment } from '../environment.ts';
import { ActionError } from '../errors.ts';
import { OUR_FOLDER } from './own-folder.ts';

/**
 * Our folder in the runner's temporary one.
 *
 * @throws ActionError `RUNNER_FILE_MISSING`
 */
export function tempFolder({ RUNNER_TEMP }: Environment): string {
  if (RUNNER_TEMP) return path.join(RUNNER_TEMP, OUR_FOLDER);
  throw new ActionError('RUNNER_FILE_MISSING', {
    problem: 'There is no place for files that outlive this step: RUNNER_TEMP is not set.',
    found: 'RUNNER_TEMP is not set',
    expected: 'the temporary folder that the runner makes for each job',
    remedy: 'Update the runner, or look for a step or container that hides RUNNER_TEMP.',
  });
}
