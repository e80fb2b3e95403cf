import { isAlias, isMap, isNode, isPair, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import type { Gap, SourceFile } from '../model/types.ts';

/** A YAML value with its first line. Aliases are replaced by what they name. */
export type YamlNode = YamlScalar | YamlMap | YamlList;

interface YamlScalar {
  readonly kind: 'scalar';
  readonly line: number;
  readonly value: string | number | boolean | null;
}

interface YamlMap {
  readonly kind: 'map';
  readonly line: number;
  readonly entries: readonly YamlEntry[];
}

export interface YamlEntry {
  readonly key: string;
  readonly line: number;
  readonly value: YamlNode;
}

interface YamlList {
  readonly kind: 'list';
  readonly line: number;
  readonly items: readonly YamlNode[];
}

/** More than any workflow has. Nested anchors exceed it in a few lines. */
const MAX_NODES = 50_000;
const MAX_DEPTH = 100;
/** Later errors are often consequences of the first. */
const MAX_ERRORS = 3;
/** More than any workflow has. */
const MAX_CHARACTERS = 1_048_576;

/**
 * Reads one YAML document as GitHub Actions does: YAML 1.2 with anchors and aliases, without merge keys (GitHub
 * Docs, "Reusing workflow configurations", "YAML anchors and aliases").
 *
 * @returns only gaps when the file is not valid YAML
 */
export function readYaml({ path, text }: SourceFile): {
  readonly root?: YamlNode;
  readonly gaps: readonly Gap[];
} {
  if (text.length > MAX_CHARACTERS)
    return { gaps: [{ file: path, line: 1, what: 'the file is larger than 1 MB' }] };
  const lines = new LineCounter();
  try {
    const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: false });
    if (document.errors.length > 0) {
      const gaps = document.errors.slice(0, MAX_ERRORS).map(({ message, pos }) => ({
        file: path,
        line: lines.linePos(pos[0]).line,
        what: `not valid YAML: ${message}`,
      }));
      return { gaps };
    }
    return new Reader(path, lines).read(document.contents);
  } catch (error) {
    // The parser is recursive: thousands of nested brackets exhaust its stack.
    const what = error instanceof Refusal ? error.message : 'not valid YAML: nested too deeply';
    return { gaps: [{ file: path, line: error instanceof Refusal ? error.line : 1, what }] };
  }
}

class Refusal extends Error {
  readonly line: number;

  constructor(line: number, message: string) {
    super(message);
    this.line = line;
  }
}

interface Sized {
  readonly node: YamlNode;
  /** The number of values in it. A value that several aliases name counts each time. */
  readonly size: number;
}

class Reader {
  readonly #path: string;
  readonly #lines: LineCounter;
  readonly #gaps: Gap[] = [];
  /** Values by their YAML node; undefined while the node is being read. */
  readonly #read = new Map<unknown, Sized | undefined>();
  /** The anchors so far, in document order: an alias names the last one before it. */
  readonly #anchors = new Map<string, unknown>();

  constructor(path: string, lines: LineCounter) {
    this.#path = path;
    this.#lines = lines;
  }

  read(contents: unknown): { root: YamlNode; gaps: readonly Gap[] } {
    const root = this.#node(contents, 1, 0).node;
    return { root, gaps: this.#gaps };
  }

  #node(yaml: unknown, near: number, depth: number): Sized {
    const line = this.#lineOf(yaml) ?? near;
    if (depth > MAX_DEPTH) throw new Refusal(line, `not read: nested more than ${MAX_DEPTH} levels deep`);
    if (isAlias(yaml)) return this.#node(this.#target(yaml.source, line), line, depth);
    const read = this.#read.get(yaml);
    if (read !== undefined) return read;
    if (this.#read.has(yaml) && isNode(yaml))
      throw new Refusal(line, 'not valid YAML: an anchor inside itself');
    this.#read.set(yaml, undefined);
    this.#noteAnchor(yaml);
    const sized = this.#newNode(yaml, line, depth);
    if (sized.size > MAX_NODES)
      throw new Refusal(line, `not read: more than ${MAX_NODES} values, those that anchors repeat included`);
    if (isNode(yaml)) this.#read.set(yaml, sized);
    return sized;
  }

  #target(anchor: string, line: number): unknown {
    if (this.#anchors.has(anchor)) return this.#anchors.get(anchor);
    throw new Refusal(line, `not valid YAML: no anchor ${anchor} before this line`);
  }

  #noteAnchor(yaml: unknown): void {
    const { anchor } = (yaml ?? {}) as { anchor?: string };
    if (anchor !== undefined) this.#anchors.set(anchor, yaml);
  }

  #newNode(yaml: unknown, line: number, depth: number): Sized {
    if (isMap(yaml)) {
      return this.#map(yaml.items, line, depth);
    }
    if (isSeq(yaml)) {
      const items = yaml.items.map((item) => this.#node(item, line, depth + 1));
      const size = items.reduce((sum, item) => sum + item.size, 1);
      return { node: { kind: 'list', line, items: items.map(({ node }) => node) }, size };
    }
    const value = isScalar(yaml) ? yaml.value : yaml;
    if (value === null || ['string', 'number', 'boolean'].includes(typeof value)) {
      return { node: { kind: 'scalar', line, value: value as YamlScalar['value'] }, size: 1 };
    }
    this.#gap(line, 'a value whose type GitHub Actions does not support');
    return { node: { kind: 'scalar', line, value: null }, size: 1 };
  }

  #map(pairs: readonly unknown[], line: number, depth: number): Sized {
    const entries: YamlEntry[] = [];
    const keys = new Set<string>();
    let size = 1;
    for (const pair of pairs) {
      const read = this.#entry(pair, line, depth);
      if (read === undefined) continue;
      const { entry } = read;
      if (keys.has(entry.key))
        throw new Refusal(entry.line, `not a valid workflow: the key ${entry.key} appears twice`);
      keys.add(entry.key);
      entries.push(entry);
      size += read.size;
    }
    return { node: { kind: 'map', line, entries }, size };
  }

  #entry(pair: unknown, near: number, depth: number): { entry: YamlEntry; size: number } | undefined {
    if (!isPair(pair)) return undefined;
    const line = this.#lineOf(pair.key) ?? near;
    const key = isAlias(pair.key) ? this.#target(pair.key.source, line) : pair.key;
    this.#noteAnchor(key);
    if (!isScalar(key)) {
      this.#gap(line, 'a key that is not a string');
      return undefined;
    }
    if (key.value === '<<') {
      this.#gap(line, 'a YAML merge key (<<), which GitHub Actions does not support');
      return undefined;
    }
    const { node, size } = this.#node(pair.value, line, depth + 1);
    return { entry: { key: String(key.value), line, value: node }, size };
  }

  #lineOf(yaml: unknown): number | undefined {
    const start = (yaml as { range?: readonly number[] } | null)?.range?.[0];
    return start === undefined ? undefined : this.#lines.linePos(start).line;
  }

  #gap(line: number, what: string): void {
    this.#gaps.push({ file: this.#path, line, what });
  }
}
