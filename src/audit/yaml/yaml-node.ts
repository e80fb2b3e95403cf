import type { YamlEntry, YamlNode } from './read-yaml.ts';

/** The entry of a key. */
export function entryOf(node: YamlNode | undefined, key: string): YamlEntry | undefined {
  return node?.kind === 'map' ? node.entries.find((entry) => entry.key === key) : undefined;
}

/** The value at a path of keys. */
export function valueAt(node: YamlNode | undefined, ...keys: readonly string[]): YamlNode | undefined {
  return keys.reduce((at, key) => entryOf(at, key)?.value, node);
}

/** The value of a key, compared without case as for inputs and secrets. */
export function valueIgnoringCase(node: YamlNode | undefined, key: string): YamlNode | undefined {
  const wanted = key.toLowerCase();
  return entriesOf(node).find((entry) => entry.key.toLowerCase() === wanted)?.value;
}

export function entriesOf(node: YamlNode | undefined): readonly YamlEntry[] {
  return node?.kind === 'map' ? node.entries : [];
}

/** The items of a list. Any other value is its only item: GitHub accepts `branches: main`. */
export function itemsOf(node: YamlNode | undefined): readonly YamlNode[] {
  if (node === undefined || isNull(node)) return [];
  return node.kind === 'list' ? node.items : [node];
}

/** A scalar as text; undefined for null, maps and lists. */
export function textOf(node: YamlNode | undefined): string | undefined {
  return node?.kind === 'scalar' && node.value !== null ? String(node.value) : undefined;
}

export function isNull(node: YamlNode | undefined): boolean {
  return node === undefined || (node.kind === 'scalar' && node.value === null);
}
