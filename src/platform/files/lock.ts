import { type FileHandle, open, readFile, rm, stat } from 'node:fs/promises';
import os from 'node:os';
import type { Clock } from '../clock.ts';
import { systemErrorCode } from '../errors.ts';
import { isAlive } from '../processes.ts';

/**
 * Milliseconds after which a lock file without an owner is stale: a process writes its name right after it creates the file.
 * More than two seconds, since some file systems round times to one or two.
 */
const UNOWNED_MS = 3_000;

/** What the system reports for a file that exists. Windows reports EPERM for one that is being removed. */
const EXISTS = process.platform === 'win32' ? ['EEXIST', 'EPERM'] : ['EEXIST'];

interface LockOptions {
  /** Milliseconds to wait for another process to release the lock; 0 for a single attempt. */
  readonly patienceMs: number;
  /** Milliseconds after which a lock is stale although its process is alive. The lock of a dead process is stale at once. */
  readonly staleMs: number;
}

/**
 * Acquires a lock against other processes on this machine: a file with the name of its owner.
 *
 * @returns undefined when another process still holds the lock after `patienceMs`
 */
export async function lock(
  file: string,
  clock: Clock,
  { patienceMs, staleMs }: LockOptions,
): Promise<(() => Promise<void>) | undefined> {
  const owner = `${os.hostname()} ${process.pid} ${crypto.randomUUID()}`;
  const giveUpAt = clock.now() + patienceMs;
  for (;;) {
    const handle = await create(file);
    if (handle !== undefined) {
      await handle.writeFile(owner);
      await handle.close();
      return () => release(file, owner);
    }
    if ((await isStale(file, clock, staleMs)) && (await removeStale(file, clock, staleMs))) continue;
    if (clock.now() >= giveUpAt) return undefined;
    // 5 to 30 ms, so that waiting processes do not retry in step.
    await clock.sleep(5 + Math.random() * 25);
  }
}

/** Removes a lock, unless another process has taken it: the work of this one may have been stopped until it was stale. */
async function release(file: string, owner: string): Promise<void> {
  const current = await readFile(file, 'utf8').catch(() => owner);
  if (current === owner) await rm(file, { force: true });
}

/** @returns undefined when the file exists already */
async function create(file: string): Promise<FileHandle | undefined> {
  try {
    return await open(file, 'wx', 0o600);
  } catch (error) {
    if (EXISTS.includes(String(systemErrorCode(error)))) return undefined;
    throw error;
  }
}

async function isStale(file: string, clock: Clock, staleMs: number): Promise<boolean> {
  const [owner, times] = await Promise.all([
    readFile(file, 'utf8').catch(() => ''),
    stat(file).catch(() => undefined),
  ]);
  if (times === undefined) return false;
  const [host, pid, nonce] = owner.split(' ');
  const age = clock.now() - times.mtimeMs;
  if (nonce === undefined) return age > UNOWNED_MS;
  return age > staleMs || (host === os.hostname() && !isAlive(Number(pid)));
}

/**
 * Removes a stale lock, one process at a time: a second process would remove the new lock of the first.
 *
 * @returns whether to try again at once; false while another process removes the lock
 */
async function removeStale(file: string, clock: Clock, staleMs: number): Promise<boolean> {
  const guard = `${file}.taking`;
  const handle = await create(guard);
  if (handle === undefined) {
    const { mtimeMs } = await stat(guard).catch(() => ({ mtimeMs: clock.now() }));
    const isLeft = clock.now() - mtimeMs > UNOWNED_MS;
    if (isLeft) await rm(guard, { force: true });
    return isLeft;
  }
  try {
    await handle.close();
    if (await isStale(file, clock, staleMs)) await rm(file, { force: true });
    return true;
  } finally {
    await rm(guard, { force: true });
  }
}
