import { readdir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { isInside, readRegularFile, unreadableBecauseOf } from '../../platform/files/regular-file.ts';
import type { Unreadable } from '../../platform/unreadable.ts';
import type { Gap, SourceFile } from '../model/types.ts';
import { expressionOf, folderOf, isPlainPath } from './glob.ts';

/** A file that was found; `named` if the user named the file itself, not a folder or pattern it is in. */
interface FoundFile extends SourceFile {
  readonly named: boolean;
}

export interface FoundFiles {
  readonly files: readonly FoundFile[];
  readonly gaps: readonly Gap[];
  /** Files that the user named and that are not read, and patterns that match nothing. */
  readonly missing: readonly Gap[];
}

/** Terraform states of large organizations have tens of megabytes. */
const MAX_BYTES = 64 * 1024 * 1024;
const MAX_FILES = 20_000;
/** Folders with copies of other people's files. */
const NOT_READ = new Set(['.git', 'node_modules', '.terraform']);

/**
 * Reads the files that paths, folders and patterns name. Links are not followed out of `root`, so that a pull request
 * cannot choose what else of the machine is read.
 *
 * @param patterns relative to `root`, with `/`, on Windows also with `\`; one that begins with `!` excludes
 * @param accepts whether a file of a folder is wanted
 */
export async function findFiles(
  root: string,
  patterns: readonly string[],
  accepts: (path: string) => boolean,
): Promise<FoundFiles> {
  const slashed = patterns.map((one) => one.split(path.sep).join('/'));
  const excluded = slashed
    .filter((one) => one.startsWith('!'))
    .map((one) => expressionOf(composed(one.slice(1))));
  const found = new Map<string, boolean>();
  const missing: Gap[] = [];
  for (const pattern of slashed.filter((one) => !one.startsWith('!')).map(normal)) {
    const matches = await matchesOf(root, pattern, accepts);
    const wanted = matches.filter(([file]) => !excluded.some((one) => one.test(composed(file))));
    if (wanted.length === 0) missing.push({ file: pattern, line: 1, what: 'no such file' });
    for (const [file, named] of wanted) found.set(file, named || found.get(file) === true);
  }
  const files: FoundFile[] = [];
  const gaps: Gap[] = [];
  for (const [file, named] of [...found].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const content = await readText(root, file);
    if ('text' in content) files.push({ path: file, text: content.text, named });
    else (named ? missing : gaps).push({ file, line: 1, what: content.unreadable });
  }
  return { files, gaps, missing };
}

/** The name in one form: macOS can return `ü` as two characters. */
const composed = (name: string) => name.normalize('NFC');

/** Without `./` at its beginning and `/` at its end. */
function normal(pattern: string): string {
  const posix = path.posix.normalize(pattern).replace(/\/$/, '');
  return posix === '' ? '.' : posix;
}

type Match = readonly [file: string, named: boolean];

async function matchesOf(
  root: string,
  pattern: string,
  accepts: (path: string) => boolean,
): Promise<Match[]> {
  if (!isPlainPath(pattern)) {
    const expression = expressionOf(composed(pattern));
    const files = await filesBelow(root, folderOf(pattern));
    return files.filter((file) => expression.test(composed(file))).map((file) => [file, false]);
  }
  const info = await stat(path.resolve(root, pattern)).catch(() => undefined);
  if (info?.isDirectory() === true) {
    const files = await filesBelow(root, pattern === '.' ? '' : pattern);
    return files.filter(accepts).map((file) => [file, false]);
  }
  return info === undefined ? [] : [[pattern, true]];
}

/** All files below a folder, without following links. */
async function filesBelow(root: string, folder: string): Promise<string[]> {
  const files: string[] = [];
  const open = [folder];
  for (const at of open) {
    const entries = await readdir(path.resolve(root, at), { withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      const name = at === '' ? entry.name : `${at}/${entry.name}`;
      if (entry.isDirectory() && !NOT_READ.has(entry.name)) open.push(name);
      if (entry.isFile()) files.push(name);
      if (files.length > MAX_FILES) return files;
    }
  }
  return files;
}

async function readText(root: string, file: string): Promise<{ readonly text: string } | Unreadable> {
  try {
    const target = await realpath(path.resolve(root, file));
    if (!isInside(await realpath(root), target))
      return { unreadable: 'a path that leads out of the repository' };
    const { size } = await stat(target);
    return await readRegularFile(target, Math.min(size, MAX_BYTES));
  } catch (error) {
    return unreadableBecauseOf(error);
  }
}
