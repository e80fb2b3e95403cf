import { constants } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import path from 'node:path';

/** Without waiting for a FIFO's writer, and through no link that took the file's place. Windows has neither flag. */
const CAREFULLY = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOFOLLOW ?? 0);

/**
 * Reads the beginning of a file. Never waits for what is no regular file, and never reads it.
 *
 * @param target the file itself, links resolved
 * @param maxBytes where to stop; one more than allowed is enough to see that there is too much
 * @returns undefined for what is no regular file
 * @throws the system's error when there is none, or it may not be read
 */
export async function readRegularFile(target: string, maxBytes: number): Promise<Buffer | undefined> {
  // To open a device can already do something.
  if (!(await stat(target)).isFile()) return undefined;
  const handle = await open(target, CAREFULLY);
  try {
    if (!(await handle.stat()).isFile()) return undefined;
    const buffer = Buffer.alloc(maxBytes);
    let length = 0;
    while (length < maxBytes) {
      const { bytesRead } = await handle.read(buffer, length, maxBytes - length);
      if (bytesRead === 0) break;
      length += bytesRead;
    }
    return buffer.subarray(0, length);
  } finally {
    await handle.close();
  }
}

/** Whether `file` lies below `folder`, both with links resolved. */
export function isInside(folder: string, file: string): boolean {
  const relative = path.relative(folder, file);
  // Only a whole segment `..` leads out; `..data` is a name like any other.
  return relative !== '' && relative.split(path.sep)[0] !== '..' && !path.isAbsolute(relative);
}
