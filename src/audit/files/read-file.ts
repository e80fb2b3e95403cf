import { closeSync, constants, fstatSync, openSync, readFileSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import { isInside } from '../../platform/files/regular-file.ts';

/** Do not wait for the writer of a FIFO, and do not follow a link that has replaced the file. Windows has neither flag. */
const FLAGS = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOFOLLOW ?? 0);
const MAX_BYTES = 1024 * 1024;

/**
 * The text of a file that a workflow refers to: a composite action, a called workflow, a file of profiles.
 *
 * @returns undefined for a file that is missing, larger than 1 MB, or outside of the repository
 */
export function readRepositoryFile(root: string, file: string): string | undefined {
  try {
    const target = realpathSync(path.resolve(root, file));
    if (!isInside(realpathSync(root), target) || !statSync(target).isFile()) return undefined;
    const descriptor = openSync(target, FLAGS);
    try {
      const info = fstatSync(descriptor);
      return info.isFile() && info.size <= MAX_BYTES ? readFileSync(descriptor, 'utf8') : undefined;
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return undefined;
  }
}
