import { lstat, mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Clock } from '../platform/clock.ts';
import { ActionError } from '../platform/errors.ts';
import { lock } from '../platform/files/lock.ts';
import { replaceFile, TEMPORARY } from '../platform/files/replace-file.ts';
import { isAlive } from '../platform/processes.ts';
import { hasBlock } from './edit.ts';

/** How long to wait for somebody else's lock, and after how long a lock is nobody's: changes take milliseconds. */
const PATIENCE_MS = 15_000;
const STALE_MS = 30_000;

export interface FileChange {
  readonly path: string;
  /** The new text from the old, which is empty for a file that is not there. */
  readonly change: (text: string) => string;
  /** Whether others may not read the file, even if they could before. A new file is for its owner alone anyway. */
  readonly secret: boolean;
  /** Remove the file instead of leaving it empty. */
  readonly removeIfEmpty: boolean;
  /** Permissions to give the file back, once the new text has nothing of ours. */
  readonly mode?: number | undefined;
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
    const unlock = await lock(`${wanted.path}.assume-aws-roles.lock`, clock, {
      patienceMs: PATIENCE_MS,
      staleMs: STALE_MS,
    });
    if (unlock === undefined) {
      throw failed(wanted.path, `a lock that another process holds for more than ${PATIENCE_MS / 1000} s`);
    }
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

async function changeAlone(wanted: FileChange, clock: Clock) {
  const { path: file, change, removeIfEmpty } = wanted;
  const existing = await stat(file).catch(() => undefined);
  const before = existing === undefined ? '' : await readFile(file, 'utf8');
  const after = change(before);
  if (after === '' && removeIfEmpty) {
    await rm(file, { force: true });
  } else if (after !== before) {
    await replaceFile(file, after, modeOf(wanted, existing?.mode, after));
  }
  await removeLeftovers(path.dirname(file), clock);
  return { existed: existing !== undefined };
}

function modeOf({ secret, mode }: FileChange, current: number | undefined, text: string): number {
  if (current === undefined) return 0o600;
  // Other invocations' keys may still be in there, and a mode that somebody chose in between is theirs to keep.
  const isOurs = mode !== undefined && (current & 0o777) === (mode & 0o600);
  if (isOurs && !hasBlock(text)) return mode;
  return current & (secret ? 0o600 : 0o777);
}

/**
 * Removes the temporary files that killed processes left in a folder: those of a process that is gone, and those on which
 * nobody works for that long.
 */
export async function removeLeftovers(folder: string, clock: Clock): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    if (!name.startsWith(TEMPORARY)) continue;
    const file = path.join(folder, name);
    const { mtimeMs } = await stat(file).catch(() => ({ mtimeMs: Number.POSITIVE_INFINITY }));
    const pid = Number(name.slice(TEMPORARY.length).split('-')[0]);
    if (clock.now() - mtimeMs > STALE_MS || !isAlive(pid)) await rm(file, { force: true });
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

function failed(file: string, found: string, cause?: unknown): ActionError {
  return new ActionError('PROFILE_FILE_FAILED', {
    problem: `The file ${file} could not be changed for the profile.`,
    found,
    expected: 'a folder and file that this user may write',
    remedy: 'Check owner and permissions; if no job runs, remove files that end in .assume-aws-roles.lock.',
    cause,
  });
}
