import { open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { systemErrorCode } from '../errors.ts';

export const TEMPORARY = '.assume-aws-roles-';

/** What Windows reports for a file that another process reads, and that cannot be replaced in the meantime. */
const IN_USE = process.platform === 'win32' ? ['EPERM', 'EACCES', 'EBUSY'] : [];

const MAX_ATTEMPTS = 10;

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
    await whileInUse(() => rename(temporary, file));
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** Runs `work` again for up to a second while a file is in use. */
export async function whileInUse(
  work: () => Promise<void>,
  codes: readonly string[] = IN_USE,
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (!codes.includes(String(systemErrorCode(error))) || attempt === MAX_ATTEMPTS) throw error;
      await setTimeout(20 * attempt);
    }
  }
}
