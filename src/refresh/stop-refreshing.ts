import { rm } from 'node:fs/promises';
import type { Clock } from '../clock.ts';
import { stopBroker } from './broker-process.ts';

/** Ends the broker of a folder, if there is one, and removes plan, caches and log. */
export async function stopRefreshing(folder: string, clock: Clock): Promise<void> {
  await stopBroker(folder, clock);
  await rm(folder, { recursive: true, force: true });
}
