import { type ModuleEntry, moduleTables } from './module-tables.ts';

/** The number of bytes that a file of its own has to save. */
const MIN_SAVED_BYTES = 1_500;

interface Chunk {
  readonly name: string;
  readonly text: Buffer;
  readonly modules: readonly ModuleEntry[];
}

/**
 * Moves modules that several chunks carry into a file that those chunks require. webpack copies small modules, as each file
 * of a web page is a request. ncc has no option to change that.
 *
 * @param chunks minified files by name; the entry stays as it is
 * @param isLeft whether a chunk keeps all its modules, as a further file takes time to open
 */
export async function withSharedModules(
  chunks: ReadonlyMap<string, string>,
  isLeft: (name: string) => boolean,
): Promise<Map<string, string>> {
  const parsed = await Promise.all([...chunks].map(([name, code]) => parseChunk(name, code)));
  const carriers = new Map<number, Chunk[]>();
  for (const chunk of parsed)
    for (const { id } of chunk.modules) carriers.set(id, [...(carriers.get(id) ?? []), chunk]);
  const groups = Map.groupBy(
    [...carriers].filter(([, carrying]) => carrying.length > 1 && !carrying.some(({ name }) => isLeft(name))),
    ([, carrying]) => carrying.map(({ name }) => name).join(),
  );

  const files = new Map(chunks);
  const moved = new Map<number, string>();
  for (const group of groups.values()) {
    const [first] = group[0]?.[1] ?? [];
    if (first === undefined) continue;
    const ids = group.map(([id]) => id);
    const texts = ids.map((id) => textOf(first, id));
    const bytes = Buffer.byteLength(texts.join());
    if (bytes * ((group[0]?.[1].length ?? 0) - 1) < MIN_SAVED_BYTES) continue;
    const file = `${Math.min(...ids)}.shared.js`;
    files.set(file, `"use strict";exports.modules={${texts.join()}};\n`);
    for (const id of ids) moved.set(id, file);
  }
  for (const chunk of parsed) files.set(chunk.name, withoutMoved(chunk, moved));
  return files;
}

async function parseChunk(name: string, code: string): Promise<Chunk> {
  const { text, tables } = await moduleTables(code);
  // The entry has further code around its modules, and a module that is not strict would become so in another file.
  const isChunk = code.startsWith('"use strict";exports.id=') && tables.length === 1;
  return { name, text, modules: isChunk ? (tables[0] ?? []) : [] };
}

function textOf({ text, modules }: Chunk, id: number): string {
  const entry = modules.find((module) => module.id === id);
  return text.toString('utf8', entry?.start, entry?.end);
}

function withoutMoved({ text, modules, ...chunk }: Chunk, moved: ReadonlyMap<number, string>): string {
  const [first, last] = [modules.at(0), modules.at(-1)];
  if (first === undefined || last === undefined) return text.toString();
  const left = modules
    .filter(({ id }) => !moved.has(id))
    .map(({ id }) => textOf({ ...chunk, text, modules }, id));
  const files = new Set(modules.flatMap(({ id }) => moved.get(id) ?? []));
  const shared = [...files].map((file) => `...require("./${file}").modules`);
  return (
    text.toString('utf8', 0, first.start) + [...left, ...shared].join() + text.toString('utf8', last.end)
  );
}
