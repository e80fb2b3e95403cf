import { open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { systemErrorCode } from '../errors.ts';

export const TEMPORARY = '.assume-aws-roles-';

const MAX_RENAMES = 10;

/**
 * Writes a new file completely to disk, then renames it over the old one: a reader finds the old text or the new text, also
 * when this process is killed. A symbolic link with that name is replaced, not followed.
 *
 * @param mode permissions, for example 0o600
 */
export async function replaceFile(file: string, text: string, mode: number): Promise<void> {
  const temporary = path.join(path.dirname(file), `${TEMPORARY}${process.pid}-${crypto.randomUUID()}`);
  try {
    const handle = await open(temporary, 'wx', mode);
    try {
      await handle.chmod(mode);
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await renameWithRetry(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** Windows does not replace a file while another process reads it. */
async function renameWithRetry(from: string, to: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await rename(from, to);
    } catch (error) {
      const isBusy = ['EPERM', 'EACCES', 'EBUSY'].includes(systemErrorCode(error) ?? '');
      if (process.platform !== 'win32' || !isBusy || attempt === MAX_RENAMES) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20 * attempt));
    }
  }
}
