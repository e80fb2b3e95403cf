import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import type { YamlEntry, YamlNode } from '../../yaml/read-yaml.ts';
import type { NotRead } from '../tree/read-json.ts';

/** Far more than the 500 resources of a template need; anchors within anchors reach it in a few lines. */
const MAX_NODES = 200_000;
const MAX_DEPTH = 200;

/**
 * Reads a CloudFormation template in YAML. The short form of a function becomes its full form: `!Sub x` is
 * `{"Fn::Sub": "x"}`. Numbers stay as they are written, since account IDs can begin with 0.
 */
export function readTemplateYaml(text: string): YamlNode | NotRead {
  const lines = new LineCounter();
  try {
    const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: false });
    const [error] = document.errors;
    if (error !== undefined) return { line: lines.linePos(error.pos[0]).line, what: 'not valid YAML' };
    return new Reader(lines).node(document.contents, 1, 0);
  } catch (error) {
    // The parser recurses, too.
    if (error instanceof RangeError) return { line: 1, what: 'YAML with too many values or levels' };
    throw error;
  }
}

interface Tagged {
  readonly tag?: string;
  readonly anchor?: string;
  readonly range?: readonly number[];
}

class Reader {
  readonly #lines: LineCounter;
  readonly #anchors = new Map<string, unknown>();
  #count = 0;

  constructor(lines: LineCounter) {
    this.#lines = lines;
  }

  node(yaml: unknown, near: number, depth: number): YamlNode {
    if (depth > MAX_DEPTH || ++this.#count > MAX_NODES) throw new RangeError('too large');
    const { tag, anchor, range } = (yaml ?? {}) as Tagged;
    const line = range?.[0] === undefined ? near : this.#lines.linePos(range[0]).line;
    if (isAlias(yaml)) return this.node(this.#anchors.get(yaml.source), line, depth + 1);
    if (anchor !== undefined) this.#anchors.set(anchor, yaml);
    const node = this.#plain(yaml, line, depth);
    const key = functionOf(tag);
    return key === undefined ? node : { kind: 'map', line, entries: [{ key, line, value: node }] };
  }

  #plain(yaml: unknown, line: number, depth: number): YamlNode {
    if (isSeq(yaml))
      return { kind: 'list', line, items: yaml.items.map((item) => this.node(item, line, depth + 1)) };
    if (isMap(yaml))
      return { kind: 'map', line, entries: yaml.items.flatMap((pair) => this.#entries(pair, line, depth)) };
    if (!isScalar(yaml) || yaml.value === null) return { kind: 'scalar', line, value: null };
    const value = typeof yaml.value === 'string' ? yaml.value : (yaml.source ?? String(yaml.value));
    return { kind: 'scalar', line, value };
  }

  /** The entry of a pair; those of the other map for a merge key. */
  #entries(pair: { key: unknown; value: unknown }, line: number, depth: number): readonly YamlEntry[] {
    const key = this.node(pair.key, line, depth + 1);
    const value = this.node(pair.value, key.line, depth + 1);
    if (key.kind !== 'scalar') return [];
    if (key.value === '<<' && value.kind === 'map') return value.entries;
    return [{ key: String(key.value), line: key.line, value }];
  }
}

/** The full name of a function by its YAML tag. */
function functionOf(tag: string | undefined): string | undefined {
  const [, name] = /^!(\w+)$/.exec(tag ?? '') ?? [];
  if (name === undefined) return undefined;
  return name === 'Ref' || name === 'Condition' ? name : `Fn::${name}`;
}
