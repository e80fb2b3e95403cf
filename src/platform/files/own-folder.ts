import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import type { Environment } from '../environment.ts';
import { ActionError, systemErrorCode } from '../errors.ts';

const NAME = 'assume-aws-roles';

/** Windows has neither flag, so there the check before opening has to be enough. */
const { O_NOFOLLOW = 0, O_NONBLOCK = 0 } = fs.constants;

/** The action's own folder in RUNNER_TEMP, for files that outlive the step; undefined when RUNNER_TEMP is not set. */
export function ownFolder({ RUNNER_TEMP }: Environment): string | undefined {
  return RUNNER_TEMP ? path.join(RUNNER_TEMP, NAME) : undefined;
}

/**
 * As {@link ownFolder}, for files without which the step cannot work.
 *
 * @throws ActionError `RUNNER_FILE_MISSING`
 */
export function requireOwnFolder(env: Environment): string {
  const folder = ownFolder(env);
  if (folder !== undefined) return folder;
  throw new ActionError('RUNNER_FILE_MISSING', {
    problem: 'There is no folder for files that outlive this step.',
    found: 'RUNNER_TEMP is not set',
    expected: 'the temporary folder that the runner creates for each job',
    remedy: 'Update the runner. Check whether a step or container clears RUNNER_TEMP.',
  });
}

/**
 * Creates a folder in the action's own folder, and its parents, with access for this user only. An existing folder is used
 * only if it is a real folder with the same owner and permissions: other users could read or replace what is in another one.
 *
 * @throws ActionError `FOLDER_REFUSED`
 */
export function makeOwnFolder(folder: string, env: Environment): void {
  for (const part of pathFromTemp(folder, env)) {
    try {
      fs.mkdirSync(part, { mode: 0o700 });
    } catch (error) {
      if (systemErrorCode(error) !== 'EEXIST') throw error;
    }
    assertOwnFolder(part);
  }
}

/**
 * Whether a folder exists as {@link makeOwnFolder} creates it.
 *
 * @throws ActionError `FOLDER_REFUSED` when something else has its name
 */
export function hasOwnFolder(folder: string, env: Environment): boolean {
  try {
    for (const part of pathFromTemp(folder, env)) assertOwnFolder(part);
    return true;
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return false;
    throw error;
  }
}

/**
 * Appends to a file in an own folder. A new file is accessible to this user only.
 *
 * @throws ActionError `FOLDER_REFUSED` when it is a link, not a regular file, or accessible to other users
 */
export function appendToOwnFile(file: string, text: string): void {
  withOwnFile(file, fs.constants.O_WRONLY | fs.constants.O_APPEND | fs.constants.O_CREAT, (opened) => {
    fs.writeSync(opened, text);
  });
}

/**
 * The text of a file in an own folder; undefined when there is no such file.
 *
 * @throws ActionError `FOLDER_REFUSED` when it is a link, not a regular file, or accessible to other users
 */
export function readOwnFile(file: string): string | undefined {
  return unlessMissing(() =>
    withOwnFile(file, fs.constants.O_RDONLY, (opened) => fs.readFileSync(opened, 'utf8')),
  );
}

/** Truncates a file in an own folder to its first `bytes`; does nothing when there is no such file. */
export function truncateOwnFile(file: string, bytes: number): void {
  unlessMissing(() => withOwnFile(file, fs.constants.O_WRONLY, (opened) => fs.ftruncateSync(opened, bytes)));
}

function unlessMissing<Result>(work: () => Result): Result | undefined {
  try {
    return work();
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function withOwnFile<Result>(file: string, flags: number, use: (opened: number) => Result): Result {
  if (O_NOFOLLOW === 0 && fs.lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink())
    throw refused(file, 'a symbolic link');
  let opened: number;
  try {
    // O_NONBLOCK: opening a FIFO would wait for its other end.
    opened = fs.openSync(file, flags | O_NOFOLLOW | O_NONBLOCK, 0o600);
  } catch (error) {
    // Systems have different error codes for a link, a folder, a FIFO and a socket.
    const found = fs.lstatSync(file, { throwIfNoEntry: false });
    if (found?.isSymbolicLink()) throw refused(file, 'a symbolic link');
    if (found?.isFile() === false) throw refused(file, 'not a regular file');
    throw error;
  }
  try {
    const stats = fs.fstatSync(opened);
    if (!stats.isFile()) throw refused(file, 'not a regular file');
    if (stats.nlink > 1) throw refused(file, 'a file with a second name (a hard link)');
    const access = accessOfOthers(stats);
    if (access !== undefined) throw refused(file, `a file ${access}`);
    return use(opened);
  } finally {
    fs.closeSync(opened);
  }
}

/** The folders from the action's own folder down to `folder`. */
function pathFromTemp(folder: string, { RUNNER_TEMP }: Environment): string[] {
  const root = path.resolve(RUNNER_TEMP ?? '');
  const names = path.relative(root, folder).split(path.sep);
  if (!RUNNER_TEMP || names[0] !== NAME)
    throw refused(folder, `a path outside the folder ${NAME} in RUNNER_TEMP`);
  return names.map((_, index) => path.join(root, ...names.slice(0, index + 1)));
}

function assertOwnFolder(folder: string): void {
  const stats = fs.lstatSync(folder);
  if (stats.isSymbolicLink()) throw refused(folder, 'a symbolic link');
  if (!stats.isDirectory()) throw refused(folder, 'not a folder');
  const access = accessOfOthers(stats);
  if (access !== undefined) throw refused(folder, `a folder ${access}`);
}

/** How other users can access a file; undefined when they cannot, and on Windows, which has access control lists instead. */
function accessOfOthers({ uid, mode }: fs.Stats): string | undefined {
  const self = process.getuid?.();
  if (self === undefined) return undefined;
  if (uid !== self) return `that belongs to user ${uid}, while this step runs as user ${self}`;
  if ((mode & 0o077) !== 0) return `that other users can access (mode ${(mode & 0o777).toString(8)})`;
  return undefined;
}

function refused(place: string, found: string): ActionError {
  return new ActionError('FOLDER_REFUSED', {
    problem: `This action did not create ${place}, so it does not use it.`,
    found,
    expected: `nothing, or a file or folder in RUNNER_TEMP/${NAME} that only this user can read and write`,
    remedy: 'Find the step, container or user that created it, and remove it.',
  });
}

type StepFolderKind = 'refresh' | 'exec';

/** A new name below `parent`. The folder does not exist yet, so that the name can be saved for the post step first. */
export function newStepFolder(parent: string, kind: StepFolderKind): string {
  return path.join(parent, `${kind}-${randomBytes(6).toString('hex')}`);
}

/**
 * Whether a folder of a step exists.
 *
 * @param folder from the state or the ledger, into which another step of the job can write
 * @throws ActionError `FOLDER_REFUSED` for any folder that {@link newStepFolder} does not name
 */
export function hasStepFolder(folder: string, kind: StepFolderKind, env: Environment): boolean {
  if (new RegExp(`^${kind}-[0-9a-f]{12}$`).test(path.basename(folder))) return hasOwnFolder(folder, env);
  throw new ActionError('FOLDER_REFUSED', {
    problem: `This action did not create ${folder}, so it does not remove it.`,
    found: 'a path that another step wrote into the state or the ledger of this action',
    expected: `${kind}-… with twelve hexadecimal digits, in RUNNER_TEMP/assume-aws-roles`,
    remedy: 'Find the step that wrote it.',
  });
}
