import { randomBytes } from 'node:crypto';
import path from 'node:path';
import type { Environment } from '../environment.ts';
import { ActionError } from '../errors.ts';
import { hasOwnFolder } from './own-folder.ts';

/** The folders that a step creates: what refreshes its sessions, and the files of its command. */
export type StepFolderKind = 'refresh' | 'exec';

/** A new name below `parent`. The folder does not exist yet, so that the name can be saved for the post step first. */
export function newStepFolder(parent: string, kind: StepFolderKind): string {
  return path.join(parent, `${kind}-${randomBytes(6).toString('hex')}`);
}

/**
 * Whether a folder of a step exists.
 *
 * @param folder from the state or the ledger, into which another step of the job can write
 * @throws ActionError `FOLDER_REFUSED` for any folder that {@link newStepFolder} does not name
 */
export function hasStepFolder(folder: string, kind: StepFolderKind, env: Environment): boolean {
  if (new RegExp(`^${kind}-[0-9a-f]{12}$`).test(path.basename(folder))) return hasOwnFolder(folder, env);
  throw new ActionError('FOLDER_REFUSED', {
    problem: `This action did not create ${folder}, so it does not remove it.`,
    found: 'a path that another step wrote into the state or the ledger of this action',
    expected: `${kind}-… with twelve hexadecimal digits, in RUNNER_TEMP/assume-aws-roles`,
    remedy: 'Find the step that wrote it.',
  });
}
