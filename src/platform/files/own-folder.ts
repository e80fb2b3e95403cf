import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  type Stats,
  writeSync,
} from 'node:fs';
import path from 'node:path';
import type { Environment } from '../environment.ts';
import { ActionError } from '../errors.ts';

/** The folder under RUNNER_TEMP for what has to outlive the step. */
export const OUR_FOLDER = 'assume-aws-roles';

/** Windows has neither of the two flags; there the check before opening has to do. */
const { O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants;

/**
 * Makes a folder below RUNNER_TEMP, and those on the way to it, for this user alone. One that is there already is used
 * only if it is such a folder: others could read or replace what is in any other, and a link leads anywhere.
 *
 * @throws ActionError `FOLDER_REFUSED`
 */
export function makeOwnFolder(folder: string, env: Environment): void {
  for (const step of wayTo(folder, env)) {
    try {
      mkdirSync(step, { mode: 0o700 });
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
    }
    assertOwnFolder(step);
  }
}

/**
 * Whether there is such a folder as {@link makeOwnFolder} makes.
 *
 * @throws ActionError `FOLDER_REFUSED` when something else is in its place
 */
export function hasOwnFolder(folder: string, env: Environment): boolean {
  try {
    for (const step of wayTo(folder, env)) assertOwnFolder(step);
    return true;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false;
    throw error;
  }
}

/**
 * Appends to a file in our folder, which is made for this user alone.
 *
 * @throws ActionError `FOLDER_REFUSED` when it is a link, no regular file, or not ours
 */
export function appendToOwnFile(file: string, text: string): void {
  withOwnFile(file, constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT, (opened) => {
    writeSync(opened, text);
  });
}

/**
 * The text of a file in our folder; undefined when there is none.
 *
 * @throws ActionError `FOLDER_REFUSED` when it is a link, no regular file, or not ours
 */
export function readOwnFile(file: string): string | undefined {
  try {
    return withOwnFile(file, constants.O_RDONLY, (opened) => readFileSync(opened, 'utf8'));
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function withOwnFile<Result>(file: string, flags: number, use: (opened: number) => Result): Result {
  if (O_NOFOLLOW === 0 && lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink())
    throw refused(file, 'a link');
  let opened: number;
  try {
    // A FIFO would else wait for somebody at its other end.
    opened = openSync(file, flags | O_NOFOLLOW | O_NONBLOCK, 0o600);
  } catch (error) {
    if (['ELOOP', 'EMLINK'].includes(codeOf(error) ?? '')) throw refused(file, 'a link');
    if (['EISDIR', 'ENXIO'].includes(codeOf(error) ?? '')) throw refused(file, 'no regular file');
    throw error;
  }
  try {
    const found = fstatSync(opened);
    if (!found.isFile()) throw refused(file, 'no regular file');
    if (found.nlink > 1) throw refused(file, 'a file that has another name elsewhere (a hard link)');
    const others = foreign(found);
    if (others !== undefined) throw refused(file, `a file ${others}`);
    return use(opened);
  } finally {
    closeSync(opened);
  }
}

/** The folders from RUNNER_TEMP, without it, to `folder`. */
function wayTo(folder: string, { RUNNER_TEMP }: Environment): string[] {
  const root = path.resolve(RUNNER_TEMP ?? '');
  const names = path.relative(root, folder).split(path.sep);
  if (!RUNNER_TEMP || names[0] !== OUR_FOLDER || names.includes('..'))
    throw refused(folder, `a path that is not below ${OUR_FOLDER} in RUNNER_TEMP`);
  return names.map((_, index) => path.join(root, ...names.slice(0, index + 1)));
}

function assertOwnFolder(folder: string): void {
  const found = lstatSync(folder);
  if (found.isSymbolicLink()) throw refused(folder, 'a link');
  if (!found.isDirectory()) throw refused(folder, 'no folder');
  const others = foreign(found);
  if (others !== undefined) throw refused(folder, `a folder ${others}`);
}

/** Who besides this user has to do with a file; undefined for nobody, and on Windows, which has access lists instead. */
function foreign({ uid, mode }: Stats): string | undefined {
  const self = process.getuid?.();
  if (self === undefined) return undefined;
  if (uid !== self) return `of user ${uid}, while this step runs as user ${self}`;
  if ((mode & 0o077) !== 0) return `that other users can reach (mode ${(mode & 0o777).toString(8)})`;
  return undefined;
}

function refused(place: string, found: string): ActionError {
  return new ActionError('FOLDER_REFUSED', {
    problem: `What is at ${place} is not what this action put there, so it is not used.`,
    found,
    expected: `nothing, or a folder or file in ${OUR_FOLDER} that this user alone can read and write`,
    remedy:
      "Look for the step, container or other user that made it in the runner's temporary folder, and remove it.",
  });
}

function codeOf(error: unknown): string | undefined {
  return (error as { code?: string }).code;
}
