import { readFileSync } from 'node:fs';
import { type FileHandle, open, readFile, rm, stat } from 'node:fs/promises';
import os from 'node:os';
import type { Clock } from '../clock.ts';

/** A lock without its owner's name is one that is just being made, or whose maker was killed at that moment. */
const NAMELESS_MS = 1_000;

/** Gives a lock back. */
export type Unlock = () => Promise<void>;

export interface LockOptions {
  /** Milliseconds to wait for whoever has the lock; 0 to take it or leave it. */
  readonly patienceMs: number;
  /** Milliseconds after which a lock is nobody's, though its process lives. That of a dead process is nobody's at once. */
  readonly staleMs: number;
}

/**
 * Takes a lock that other processes on this machine heed: a file with its owner's name.
 *
 * @returns undefined when somebody else has it for longer than the patience
 */
export async function lock(
  file: string,
  clock: Clock,
  { patienceMs, staleMs }: LockOptions,
): Promise<Unlock | undefined> {
  const owner = `${os.hostname()} ${process.pid} ${crypto.randomUUID()}`;
  const giveUpAt = clock.now() + patienceMs;
  for (;;) {
    const handle = await openNew(file);
    if (handle !== undefined) {
      await handle.writeFile(owner);
      await handle.close();
      return () => rm(file, { force: true });
    }
    if (await isAbandoned(file, clock, staleMs)) await takeAway(file, clock, staleMs);
    else if (clock.now() >= giveUpAt) return undefined;
    else await clock.sleep(5 + Math.random() * 25);
  }
}

async function openNew(file: string): Promise<FileHandle | undefined> {
  try {
    return await open(file, 'wx', 0o600);
  } catch (error) {
    const { code } = error as { code?: string };
    // Windows says EPERM of a file that is just being removed.
    if (code === 'EEXIST' || (process.platform === 'win32' && code === 'EPERM')) return undefined;
    throw error;
  }
}

async function isAbandoned(file: string, clock: Clock, staleMs: number): Promise<boolean> {
  const [owner, times] = await Promise.all([
    readFile(file, 'utf8').catch(() => ''),
    stat(file).catch(() => undefined),
  ]);
  if (times === undefined) return false;
  const [host, pid, nonce] = owner.split(' ');
  const age = clock.now() - times.mtimeMs;
  if (nonce === undefined) return age > NAMELESS_MS;
  return age > staleMs || (host === os.hostname() && !isAlive(Number(pid)));
}

/** Whether a process of that number runs. One that has ended and waits to be noticed, as in containers, does not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return process.platform !== 'linux' || !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch (error) {
    return (error as { code?: string }).code === 'EPERM';
  }
}

/** Removes an abandoned lock. One process at a time: the second would else take away the lock of the first. */
async function takeAway(file: string, clock: Clock, staleMs: number): Promise<void> {
  const guard = `${file}.taking`;
  const handle = await openNew(guard);
  if (handle === undefined) {
    const { mtimeMs } = await stat(guard).catch(() => ({ mtimeMs: clock.now() }));
    if (clock.now() - mtimeMs > NAMELESS_MS) await rm(guard, { force: true });
    else await clock.sleep(5 + Math.random() * 25);
    return;
  }
  try {
    await handle.close();
    if (await isAbandoned(file, clock, staleMs)) await rm(file, { force: true });
  } finally {
    await rm(guard, { force: true });
  }
}
