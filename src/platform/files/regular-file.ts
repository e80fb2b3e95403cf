import { constants } from 'node:fs';
import { open, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Unreadable } from '../unreadable.ts';

/** The text of a file, or why it cannot be read: a noun phrase for errors, without any content of the file. */
type FileText = { readonly text: string } | Unreadable;

/** Do not wait for the writer of a FIFO, and do not follow a link that has replaced the file. Windows has neither flag. */
const FLAGS = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOFOLLOW ?? 0);

const MEGABYTE = 1024 * 1024;

/**
 * Reads a file as UTF-8. Never reads, and never waits for, what is not a regular file.
 *
 * @param target the file itself, links resolved
 */
export async function readRegularFile(target: string, maxBytes: number): Promise<FileText> {
  try {
    // Opening a device can have an effect.
    if (!(await stat(target)).isFile()) return { unreadable: 'not a regular file' };
    const handle = await open(target, FLAGS);
    try {
      if (!(await handle.stat()).isFile()) return { unreadable: 'not a regular file' };
      const buffer = Buffer.alloc(maxBytes + 1);
      let length = 0;
      while (length < buffer.length) {
        const { bytesRead } = await handle.read(buffer, length, buffer.length - length);
        if (bytesRead === 0) break;
        length += bytesRead;
      }
      if (length > maxBytes)
        return {
          unreadable: `a file larger than ${maxBytes % MEGABYTE === 0 ? `${maxBytes / MEGABYTE} MB` : `${maxBytes} bytes`}`,
        };
      return { text: buffer.toString('utf8', 0, length) };
    } finally {
      await handle.close();
    }
  } catch (error) {
    return unreadableBecauseOf(error);
  }
}

/** What the file system's own error says about a file. */
export function unreadableBecauseOf(error: unknown): { readonly unreadable: string } {
  const { code } = error as { code?: string };
  return { unreadable: code === 'ENOENT' ? 'no such file' : `a file that cannot be read (${code})` };
}

/** Whether `file` is below `folder`, both with links resolved. */
export function isInside(folder: string, file: string): boolean {
  const relative = path.relative(folder, file);
  // Only a whole segment `..` leads out; `..data` is an ordinary name.
  return relative !== '' && relative.split(path.sep)[0] !== '..' && !path.isAbsolute(relative);
}

const MAX_BYTES = 1024 * 1024;

/**
 * Reads a file of the repository. Its authors must not choose what else is read on the runner: a link cannot lead out of
 * the workspace.
 *
 * @param file absolute, or relative to the workspace
 */
export async function readWorkspaceFile(workspace: string, file: string): Promise<FileText> {
  try {
    const target = await realpath(path.resolve(workspace, file));
    if (!isInside(await realpath(workspace), target))
      return { unreadable: 'a path that leads out of the workspace' };
    return await readRegularFile(target, MAX_BYTES);
  } catch (error) {
    return unreadableBecauseOf(error);
  }
}
