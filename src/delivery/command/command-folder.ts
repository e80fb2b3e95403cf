import { randomBytes } from 'node:crypto';
import { readdir, rm, rmdir } from 'node:fs/promises';
import path from 'node:path';
import { hasOwnFolder, makeOwnFolder } from '../../platform/files/own-folder.ts';
import { tempFolder } from '../../platform/files/temp-folder.ts';
import type { Host } from '../../platform/host/host.ts';
import { notOurs, stopRefreshing } from '../../refresh/stop-refreshing.ts';

/** The name under which the post step finds the folder of a step that was killed. */
const STATE = 'exec-folder';

/** Does `work` with a folder of its own, which is gone afterwards. */
export async function withExecFolder(host: Host, work: (folder: string) => Promise<void>): Promise<void> {
  const folder = path.join(tempFolder(host.env), `exec-${randomBytes(6).toString('hex')}`);
  host.runner.saveState(STATE, folder);
  makeOwnFolder(folder, host.env);
  try {
    host.cancellation.throwIfAborted();
    await work(folder);
  } finally {
    await removeFolder(folder, host);
  }
}

/** For the post step: removes what a step left that was killed. */
export async function removeExecFolderInState(host: Host): Promise<void> {
  const folder = host.runner.state(STATE);
  if (folder === '') return;
  if (!/^exec-[0-9a-f]{12}$/.test(path.basename(folder))) throw notOurs(folder);
  if (hasOwnFolder(folder, host.env)) await removeFolder(folder, host);
}

async function removeFolder(folder: string, host: Host): Promise<void> {
  for (const name of await readdir(folder)) {
    if (name.startsWith('refresh-')) await stopRefreshing(path.join(folder, name), host);
  }
  await rm(folder, { recursive: true, force: true });
  await rmdir(path.dirname(folder)).catch(() => {}); // it holds what other steps need
}
