import { open, rename, rm } from 'node:fs/promises';
import path from 'node:path';

/** How the names of unfinished files begin. */
export const TEMPORARY = '.assume-aws-roles-';

/**
 * Writes a new file beside the old one, complete on disk before it takes its name: whoever reads, or kills us, finds the
 * old text or the new. A symbolic link of that name is replaced, never followed.
 *
 * @param mode permissions, such as 0o600
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
