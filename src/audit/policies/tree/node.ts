import type { YamlEntry, YamlNode } from '../../yaml/read-yaml.ts';

/** A map of one entry, as the functions of CloudFormation are written. */
export function onlyEntry(node: YamlNode): YamlEntry | undefined {
  return node.kind === 'map' && node.entries.length === 1 ? node.entries[0] : undefined;
}

/** The value without its lines, as JSON text. Duplicate keys stay, so that a reader of the text can refuse them. */
export function jsonOf(node: YamlNode): string {
  switch (node.kind) {
    case 'scalar':
      return JSON.stringify(node.value);
    case 'list':
      return `[${node.items.map(jsonOf).join()}]`;
    case 'map':
      return `{${node.entries.map(({ key, value }) => `${JSON.stringify(key)}:${jsonOf(value)}`).join()}}`;
  }
}
