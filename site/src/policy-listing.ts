/** A line of a JSON document, and what begins on it. */
export interface ListedLine {
  readonly text: string;
  /** The keys and indexes that lead to the value. */
  readonly path: string;
}

/** A path as one text. */
export function pathOf(...keys: readonly (string | number)[]): string {
  return JSON.stringify(keys.map(String));
}

/** A JSON value with two spaces of indentation, line by line. */
export function listingOf(value: unknown): ListedLine[] {
  return linesOf(value, [], '', '');
}

function linesOf(value: unknown, keys: readonly string[], start: string, end: string): ListedLine[] {
  const indent = '  '.repeat(keys.length);
  const path = pathOf(...keys);
  const [open, close] = Array.isArray(value) ? '[]' : '{}';
  const entries = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  if (entries.length === 0) return [{ text: `${indent}${start}${JSON.stringify(value)}${end}`, path }];
  const inner = entries.flatMap(([key, item], index) => {
    const name = Array.isArray(value) ? '' : `${JSON.stringify(key)}: `;
    return linesOf(item, [...keys, key], name, index === entries.length - 1 ? '' : ',');
  });
  return [
    { text: `${indent}${start}${open}`, path },
    ...inner,
    { text: `${indent}${close}${end}`, path: '' },
  ];
}
