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
  const index = await readFile(path.join(FOLDER, 'index.js'), 'utf8');
  const [, chunks] = new RegExp(`\\b${name}"?:\\(\\)=>(.*?)\\.then\\(`).exec(index) ?? [];
  if (chunks === undefined) throw new Error(`dist/programs/index.js does not start ${name}.`);
  const found = new Set(chunksIn(chunks));
  const first = [...found];
  for (const file of found)
    for (const next of chunksIn(await readFile(path.join(FOLDER, file), 'utf8'))) found.add(next);
  const paths = (files: Iterable<string>) => ['index.js', ...files].map((file) => path.join(FOLDER, file));
  return { first: paths(first), all: paths(found) };
}

function chunksIn(code: string): string[] {
  return [...code.matchAll(/\.e\((\d+)\)/g)].map(([, id]) => `${id}.index.js`);
}
