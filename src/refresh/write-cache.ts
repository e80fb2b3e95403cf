import { replaceFile } from '../platform/files/replace-file.ts';
import type { CacheEntry } from './session-cache.ts';

/** Apart from reading, which most processes do alone. */
export async function writeCache(file: string, entry: CacheEntry): Promise<void> {
  await replaceFile(file, JSON.stringify(entry), 0o600);
}
