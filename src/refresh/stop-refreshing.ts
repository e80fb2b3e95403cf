import { rm } from 'node:fs/promises';
import path from 'node:path';
import { ActionError } from '../platform/errors.ts';
import { hasOwnFolder } from '../platform/files/own-folder.ts';
import type { Outside } from '../platform/host/outside.ts';
import { stopBroker } from './broker-process.ts';

/**
 * Ends the broker of a folder, if there is one, and removes plan, caches and log.
 *
 * @param folder as state or ledger name it, which another step of the job could have written
 * @throws ActionError `FOLDER_REFUSED` for anything that is not a folder of sessions that refresh themselves
 */
export async function stopRefreshing(
  folder: string,
  { env, clock }: Pick<Outside, 'env' | 'clock'>,
): Promise<void> {
  if (!hasRefreshFolder(folder, env)) return;
  await stopBroker(folder, clock);
  await rm(folder, { recursive: true, force: true });
}

/**
 * Whether a folder of sessions that refresh themselves is there.
 *
 * @throws ActionError `FOLDER_REFUSED` for any other folder
 */
export function hasRefreshFolder(folder: string, env: Outside['env']): boolean {
  if (/^refresh-[0-9a-f]{12}$/.test(path.basename(folder))) return hasOwnFolder(folder, env);
  throw notOurs(folder);
}

/** What to say of a path that this action cannot have written where it was found. */
export function notOurs(folder: string): ActionError {
  return new ActionError('FOLDER_REFUSED', {
    problem: `${folder} is not a folder that this action makes, so it is left as it is.`,
    found: 'a path that another step wrote into the state or the ledger of this action',
    expected: 'refresh-… or exec-… with twelve hexadecimal digits, in RUNNER_TEMP/assume-aws-roles',
    remedy: 'Look for the step that wrote it.',
  });
}
