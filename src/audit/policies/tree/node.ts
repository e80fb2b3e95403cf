/** A value of a JSON or YAML document with the line that it begins in. Lines begin with 1. */
export type Node = ScalarNode | MapNode | ListNode;

export interface ScalarNode {
  readonly kind: 'scalar';
  readonly line: number;
  readonly value: string | number | boolean | null;
}

export interface MapNode {
  readonly kind: 'map';
  readonly line: number;
  readonly entries: readonly MapEntry[];
}

export interface MapEntry {
  readonly key: string;
  readonly line: number;
  readonly value: Node;
}

export interface ListNode {
  readonly kind: 'list';
  readonly line: number;
  readonly items: readonly Node[];
}

/** The entries of a map; none of anything else. */
export function entriesOf(node: Node | undefined): readonly MapEntry[] {
  return node?.kind === 'map' ? node.entries : [];
}

/** The items of a list; a value that is not a list is a list of itself, as IAM reads it. */
export function itemsOf(node: Node | undefined): readonly Node[] {
  if (node === undefined) return [];
  return node.kind === 'list' ? node.items : [node];
}

/** The entry at a path of keys. */
export function entryAt(node: Node | undefined, ...keys: readonly string[]): MapEntry | undefined {
  let entry: MapEntry | undefined;
  for (const key of keys) {
    entry = entriesOf(entry === undefined ? node : entry.value).find((one) => one.key === key);
    if (entry === undefined) return undefined;
  }
  return entry;
}

/** The value at a path of keys. */
export function valueAt(node: Node | undefined, ...keys: readonly string[]): Node | undefined {
  return keys.length === 0 ? node : entryAt(node, ...keys)?.value;
}

/** A scalar's text; undefined for null, maps and lists. */
export function textOf(node: Node | undefined): string | undefined {
  return node?.kind === 'scalar' && node.value !== null ? String(node.value) : undefined;
}

/** A map of one entry, as the functions of CloudFormation are written. */
export function onlyEntry(node: Node): MapEntry | undefined {
  return node.kind === 'map' && node.entries.length === 1 ? node.entries[0] : undefined;
}

/** The value without its lines, as JSON text. Duplicate keys stay, so that a reader of the text can refuse them. */
export function jsonOf(node: Node): string {
  switch (node.kind) {
    case 'scalar':
      return JSON.stringify(node.value);
    case 'list':
      return `[${node.items.map(jsonOf).join()}]`;
    case 'map':
      return `{${node.entries.map(({ key, value }) => `${JSON.stringify(key)}:${jsonOf(value)}`).join()}}`;
  }
}
