import { lstat, mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Clock } from '../platform/clock.ts';
import { ActionError, systemErrorCode } from '../platform/errors.ts';
import { lock } from '../platform/files/lock.ts';
import { replaceFile, TEMPORARY } from '../platform/files/replace-file.ts';
import { isAlive } from '../platform/processes.ts';
import { hasBlock, notedPermissions, notePermissions } from './edit.ts';

/** How long to wait for the lock of another process, and when a lock counts as abandoned. Changes take milliseconds. */
const PATIENCE_MS = 15_000;
const STALE_MS = 30_000;

interface FileChange {
  readonly path: string;
  /** Makes the new text from the old, which is empty for a file that does not exist. */
  readonly change: (text: string) => string;
  /**
   * The ID of a block with secrets in the new text. Only the owner can read the file then, even if others could before, and
   * the block has a note of that. Only the owner can read a new file in any case.
   */
  readonly secretBlock?: string | undefined;
  readonly removeIfEmpty?: boolean;
}

/**
 * Changes a file that other processes change too, one at a time. The file has the complete old or new text at every
 * moment, also when this process is killed.
 *
 * @throws ActionError `PROFILE_FILE_REFUSED` for a symbolic link or something other than a file, `PROFILE_FILE_FAILED`
 *   for other failures; TypeError from `change`
 */
export async function changeFile(wanted: FileChange, clock: Clock): Promise<void> {
  const folder = path.dirname(wanted.path);
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await refuseLinks(wanted.path);
    const unlock = await lock(`${wanted.path}.assume-aws-roles.lock`, clock, {
      patienceMs: PATIENCE_MS,
      staleMs: STALE_MS,
    });
    if (unlock === undefined) {
      throw failed(wanted.path, `a lock that another process held for more than ${PATIENCE_MS / 1000} s`);
    }
    try {
      await changeAlone(wanted, clock);
    } finally {
      await unlock();
    }
  } catch (error) {
    if (error instanceof ActionError || error instanceof TypeError) throw error;
    throw failed(wanted.path, systemErrorCode(error) ?? 'an unknown error', error);
  }
}

async function changeAlone(wanted: FileChange, clock: Clock): Promise<void> {
  const { path: file, change, secretBlock, removeIfEmpty } = wanted;
  const existing = await stat(file).catch(() => undefined);
  const before = existing === undefined ? '' : await readFile(file, 'utf8');
  const after = change(before);
  const mode = existing === undefined ? 0o600 : existing.mode & 0o777;
  if (after === '' && removeIfEmpty) {
    await rm(file, { force: true });
  } else if (after === before) {
    // Nothing to write.
  } else if (secretBlock === undefined) {
    await replaceFile(file, after, restoredMode(mode, before, after));
  } else {
    const isNarrowed = (mode & ~0o600) !== 0 && process.platform !== 'win32';
    const text = isNarrowed ? notePermissions(after, secretBlock, mode) : after;
    await replaceFile(file, text, mode & 0o600);
  }
  await removeLeftovers(path.dirname(file), clock);
}

/** The permissions of before the first of the blocks that have been removed, or else the current ones. */
function restoredMode(current: number, before: string, after: string): number {
  const noted = notedPermissions(before);
  // The keys of other steps can still be in the file, and permissions that changed in between were chosen on purpose.
  const isNarrowed = noted !== undefined && current === (noted & 0o600);
  return isNarrowed && !hasBlock(after) ? noted : current;
}

/** Removes the temporary files that killed processes left in a folder: those without a living process, and old ones. */
export async function removeLeftovers(folder: string, clock: Clock): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    if (!name.startsWith(TEMPORARY)) continue;
    const file = path.join(folder, name);
    const found = await stat(file).catch(() => undefined);
    const isOld = found !== undefined && clock.now() - found.mtimeMs > STALE_MS;
    const pid = Number(name.slice(TEMPORARY.length).split('-')[0]);
    if (isOld || !isAlive(pid)) await rm(file, { force: true });
  }
}

async function refuseLinks(file: string): Promise<void> {
  for (const place of [path.dirname(file), file]) {
    const found = await lstat(place).catch(() => undefined);
    if (found?.isSymbolicLink() && (place === file || !isInRoot(place)))
      throw refused(place, 'a symbolic link');
    if (place === file && found?.isFile() === false) throw refused(place, 'not a regular file');
  }
}

/** Whether a folder is one that only an administrator can make. On macOS, `/tmp`, `/var` and `/etc` are links. */
export function isInRoot(folder: string): boolean {
  const absolute = path.resolve(folder);
  return path.dirname(absolute) === path.parse(absolute).root;
}

function refused(place: string, found: string): ActionError {
  return new ActionError('PROFILE_FILE_REFUSED', {
    problem: `The profile cannot be written: ${place} is ${found}.`,
    found,
    expected: 'a regular file, or no file, in a folder that is not a symbolic link',
    remedy: 'Set AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE to other files, or remove the link.',
  });
}

function failed(file: string, found: string, cause?: unknown): ActionError {
  return new ActionError('PROFILE_FILE_FAILED', {
    problem: `The file ${file} could not be changed for the profile.`,
    found,
    expected: 'a folder and a file that this user can write',
    remedy:
      'Check the owner and permissions. If no job runs, remove files that end in .assume-aws-roles.lock.',
    cause,
  });
}
