import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
  statSync,
} from 'node:fs';
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
    if (!hasExactCase(root, file, readdirSync)) return undefined;
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

/**
 * Whether the names in a path have the letter case that they have on disk. macOS and Windows ignore it, but GitHub does not.
 *
 * @param namesIn the names in a folder
 */
export function hasExactCase(
  root: string,
  file: string,
  namesIn: (folder: string) => readonly string[],
): boolean {
  let folder = root;
  for (const name of path.normalize(file).split(path.sep)) {
    const isName = !['', '.', '..'].includes(name);
    const composed = name.normalize('NFC');
    if (isName && !namesIn(folder).some((one) => one.normalize('NFC') === composed)) return false;
    folder = path.join(folder, name);
  }
  return true;
}
