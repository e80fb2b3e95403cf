/** Which files of `dist/programs/` a program loads. Webpack's runtime loads chunk 123 from `123.index.js` with `e(123)`. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { root } from './tools.ts';

const FOLDER = path.join(root, 'dist/programs');

export interface ProgramFiles {
  /** What loads before the program runs. */
  readonly first: readonly string[];
  /** The same with what it may load later. */
  readonly all: readonly string[];
}

/** @param name as in `src/entry/programs.ts` */
export async function programFiles(name: string): Promise<ProgramFiles> {
  const read = (file: string) => readFile(path.join(FOLDER, file), 'utf8');
  const first = await withNext(['index.js', ...chunksOf(name, await read('index.js'))], async (file) =>
    file === 'index.js' ? [] : sharedIn(await read(file)),
  );
  const all = await withNext(first, async (file) => {
    const code = file === 'index.js' ? '' : await read(file);
    return [...chunksIn(code), ...sharedIn(code)];
  });
  const paths = (files: readonly string[]) => files.map((file) => path.join(FOLDER, file));
  return { first: paths(first), all: paths(all) };
}

/** The chunks that load before a program runs, by the code of the entry. */
export function chunksOf(name: string, index: string): string[] {
  const [, chunks] = new RegExp(`\\b${name}['"]?: ?\\(\\) ?=> ?(.*?)\\.then\\(`).exec(index) ?? [];
  if (chunks === undefined) throw new Error(`dist/programs/index.js does not start ${name}.`);
  return chunksIn(chunks);
}

async function withNext(
  files: readonly string[],
  next: (file: string) => Promise<string[]>,
): Promise<string[]> {
  const found = new Set(files);
  for (const file of found) for (const other of await next(file)) found.add(other);
  return [...found];
}

function chunksIn(code: string): string[] {
  return [...code.matchAll(/\.e\((?:\/\*.*?\*\/ ?)?(\d+)\)/g)].map(([, id]) => `${id}.index.js`);
}

/** The files of modules that several chunks share (`shared-modules.ts`). */
function sharedIn(code: string): string[] {
  return [...code.matchAll(/require\("\.\/(\d+\.shared\.js)"\)/g)].map(([, file]) => file ?? '');
}
