import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rm, rmdir } from 'node:fs/promises';
import path from 'node:path';
import type { Clock } from '../clock.ts';
import { tempFolder } from '../delivery/temp-folder.ts';
import type { Host } from '../host.ts';
import { stopRefreshing } from '../refresh/stop-refreshing.ts';

/** The name under which the post step finds the folder of a step that was killed. */
const STATE = 'exec-folder';

/** Does `work` with a folder of its own, which is gone afterwards. */
export async function withExecFolder(host: Host, work: (folder: string) => Promise<void>): Promise<void> {
  const folder = path.join(tempFolder(host.env), `exec-${randomBytes(6).toString('hex')}`);
  host.runner.saveState(STATE, folder);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  try {
    host.cancellation?.throwIfAborted();
    await work(folder);
  } finally {
    await removeFolder(folder, host.clock);
  }
}

/** For the post step: removes what a step left that was killed. */
export async function removeExecFolderInState({ runner, clock }: Host): Promise<void> {
  const folder = runner.state(STATE);
  if (folder !== '' && existsSync(folder)) await removeFolder(folder, clock);
}

async function removeFolder(folder: string, clock: Clock): Promise<void> {
  for (const name of await readdir(folder)) {
    if (name.startsWith('refresh-')) await stopRefreshing(path.join(folder, name), clock);
  }
  await rm(folder, { recursive: true, force: true });
  await rmdir(path.dirname(folder)).catch(() => {}); // it holds what other steps need
}
