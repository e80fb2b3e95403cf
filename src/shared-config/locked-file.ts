import { randomBytes } from 'node:crypto';
import { type FileHandle, lstat, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Clock } from '../clock.ts';
import { ActionError } from '../errors.ts';

/** How long to wait for somebody else's lock, and after how long a lock is nobody's: changes take milliseconds. */
const PATIENCE_MS = 15_000;
const STALE_MS = 30_000;

/** A lock without its owner's name is one that is just being made, or whose maker was killed at that moment. */
const NAMELESS_MS = 1_000;

const TEMPORARY = '.assume-aws-roles-';

export interface FileChange {
  readonly path: string;
  /** The new text from the old, which is empty for a file that is not there. */
  readonly change: (text: string) => string;
  /** Whether others may not read the file, even if they could before. A new file is for its owner alone anyway. */
  readonly secret: boolean;
  /** Remove the file instead of leaving it empty. */
  readonly removeIfEmpty: boolean;
}

/**
 * Changes a file that other processes change too: one at a time, and so that whoever reads it, or kills us, finds the
 * old text or the new, never less.
 *
 * @returns whether the file was there before
 * @throws ActionError `PROFILE_FILE_REFUSED` for a symbolic link or what is no file, `PROFILE_FILE_FAILED` for the rest
 */
export async function changeFile(wanted: FileChange, clock: Clock): Promise<{ existed: boolean }> {
  const folder = path.dirname(wanted.path);
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await refuseLinks(wanted.path);
    const unlock = await lock(`${wanted.path}.assume-aws-roles.lock`, clock);
    try {
      return await changeAlone(wanted, clock);
    } finally {
      await unlock();
    }
  } catch (error) {
    if (error instanceof ActionError || error instanceof TypeError) throw error;
    throw failed(wanted.path, `${(error as { code?: string }).code ?? 'an unknown failure'}`, error);
  }
}

async function changeAlone({ path: file, change, secret, removeIfEmpty }: FileChange, clock: Clock) {
  const existing = await stat(file).catch(() => undefined);
  const before = existing === undefined ? '' : await readFile(file, 'utf8');
  const after = change(before);
  if (after === '' && removeIfEmpty) {
    await rm(file, { force: true });
  } else if (after !== before) {
    await replace(file, after, existing === undefined ? 0o600 : existing.mode & (secret ? 0o600 : 0o777));
  }
  await removeLeftovers(path.dirname(file), clock);
  return { existed: existing !== undefined };
}

/** A new file beside the old one, complete on disk before it takes its name. */
async function replace(file: string, text: string, mode: number): Promise<void> {
  const temporary = path.join(
    path.dirname(file),
    `${TEMPORARY}${process.pid}-${randomBytes(6).toString('hex')}`,
  );
  try {
    const handle = await open(temporary, 'wx', mode);
    try {
      await handle.chmod(mode);
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await renamePatiently(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** Windows refuses to replace a file that somebody reads at that moment. */
async function renamePatiently(from: string, to: string): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      return await rename(from, to);
    } catch (error) {
      const busy = ['EPERM', 'EACCES', 'EBUSY'].includes((error as { code?: string }).code ?? '');
      if (process.platform !== 'win32' || !busy || tries === 10) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20 * tries));
    }
  }
}

/** What killed processes left: nobody works on a temporary file for that long. */
async function removeLeftovers(folder: string, clock: Clock): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!name.startsWith(TEMPORARY)) continue;
    const file = path.join(folder, name);
    const { mtimeMs } = await stat(file).catch(() => ({ mtimeMs: Number.POSITIVE_INFINITY }));
    if (clock.now() - mtimeMs > STALE_MS) await rm(file, { force: true });
  }
}

async function refuseLinks(file: string): Promise<void> {
  for (const place of [path.dirname(file), file]) {
    const found = await lstat(place).catch(() => undefined);
    const what = found?.isSymbolicLink()
      ? 'a symbolic link'
      : place === file && found && !found.isFile()
        ? 'no regular file'
        : '';
    if (what === '') continue;
    throw new ActionError('PROFILE_FILE_REFUSED', {
      problem: `The profile cannot be written: ${place} is ${what}.`,
      found: what,
      expected: 'a regular file in a real folder, or nothing',
      remedy: 'Name another file in AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE, or remove the link.',
    });
  }
}

/** Takes the lock, waiting for whoever has it. */
async function lock(file: string, clock: Clock): Promise<() => Promise<void>> {
  const owner = `${os.hostname()} ${process.pid} ${randomBytes(8).toString('hex')}`;
  const giveUpAt = clock.now() + PATIENCE_MS;
  for (;;) {
    const handle = await openNew(file);
    if (handle !== undefined) {
      await handle.writeFile(owner);
      await handle.close();
      return () => rm(file, { force: true });
    }
    if (await isAbandoned(file, clock)) await takeAway(file, clock);
    else if (clock.now() > giveUpAt)
      throw failed(file, `a lock that another process holds for more than ${PATIENCE_MS / 1000} s`);
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

async function isAbandoned(file: string, clock: Clock): Promise<boolean> {
  const [owner, times] = await Promise.all([
    readFile(file, 'utf8').catch(() => ''),
    stat(file).catch(() => undefined),
  ]);
  if (times === undefined) return false;
  const [host, pid, nonce] = owner.split(' ');
  const age = clock.now() - times.mtimeMs;
  if (nonce === undefined) return age > NAMELESS_MS;
  return age > STALE_MS || (host === os.hostname() && !isAlive(Number(pid)));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as { code?: string }).code === 'EPERM';
  }
}

/** Removes an abandoned lock. One process at a time: the second would else take away the lock of the first. */
async function takeAway(file: string, clock: Clock): Promise<void> {
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
    if (await isAbandoned(file, clock)) await rm(file, { force: true });
  } finally {
    await rm(guard, { force: true });
  }
}

function failed(file: string, found: string, cause?: unknown): ActionError {
  return new ActionError('PROFILE_FILE_FAILED', {
    problem: `The file ${file} could not be changed for the profile.`,
    found,
    expected: 'a folder and file that this user may write',
    remedy: 'Check owner and permissions; if no job runs, remove files that end in .assume-aws-roles.lock.',
    cause,
  });
}
