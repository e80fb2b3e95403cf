import { readdir, rm, rmdir } from 'node:fs/promises';
import path from 'node:path';
import type { Clock } from '../../platform/clock.ts';
import {
  hasStepFolder,
  makeOwnFolder,
  newStepFolder,
  requireOwnFolder,
} from '../../platform/files/own-folder.ts';
import type { Host } from '../../platform/host/host.ts';
import { stopRefreshing } from '../../refresh/stop-refreshing.ts';
import { type Profile, type WrittenProfiles, writeProfiles } from '../../shared-config/profiles.ts';
import type { ProfileFiles } from './command-environment.ts';

const STATE = 'exec-folder';

/** Runs `work` with a new folder for the files of the command, and removes the folder afterwards. */
export async function withCommandFolder(host: Host, work: (folder: string) => Promise<void>): Promise<void> {
  const folder = newStepFolder(requireOwnFolder(host.env), 'exec');
  host.runner.saveState(STATE, folder);
  makeOwnFolder(folder, host.env);
  try {
    host.cancellation.throwIfAborted();
    await work(folder);
  } finally {
    await removeFolder(folder, host);
  }
}

/** Writes the profiles of a command into files of its own; undefined when there are no profiles. */
export async function writeCommandProfiles(
  profiles: readonly Profile[],
  folder: string,
  clock: Clock,
): Promise<ProfileFiles | undefined> {
  if (profiles.length === 0) return undefined;
  const files = { config: path.join(folder, 'config'), credentials: path.join(folder, 'credentials') };
  const place: WrittenProfiles = { id: 'exec', files: [files.credentials, files.config], made: [] };
  await writeProfiles(profiles, place, true, clock);
  return files;
}

/**
 * For the post step: removes the folder of a step that was killed.
 *
 * @throws ActionError `FOLDER_REFUSED` for a path that this action did not write into the state
 */
export async function removeCommandFolderInState(host: Host): Promise<void> {
  const folder = host.runner.state(STATE);
  if (folder !== '' && hasStepFolder(folder, 'exec', host.env)) await removeFolder(folder, host);
}

async function removeFolder(folder: string, host: Host): Promise<void> {
  for (const name of await readdir(folder)) {
    if (name.startsWith('refresh-')) await stopRefreshing(path.join(folder, name), host);
  }
  await rm(folder, { recursive: true, force: true });
  await rmdir(path.dirname(folder)).catch(() => {}); // other steps have files there
}
