/** Whether a path of the repository is meant to be one file or folder, not a pattern. */
export function isPlainPath(pattern: string): boolean {
  return !/[*?[\]{}]/.test(pattern);
}

/** The folder in which all matches of a pattern lie; empty for the root. */
export function folderOf(pattern: string): string {
  const segments = pattern.split('/');
  const first = segments.findIndex((segment) => !isPlainPath(segment));
  return segments.slice(0, first < 0 ? -1 : first).join('/');
}

/**
 * A pattern of paths as a regular expression: `*` and `?` within a segment, `**` for any number of segments, `[…]`, and
 * `{a,b}`.
 */
export function expressionOf(pattern: string): RegExp {
  const parts = pattern.match(/\*\*\/|\*\*|\*|\?|\[[^\]/]+\]|\{[^{}]*\}|[\s\S]/g) ?? [];
  return new RegExp(`^${parts.map(sourceOf).join('')}$`);
}

function sourceOf(part: string): string {
  if (part === '**/') return '(?:[^/]+/)*';
  if (part === '**') return '.*';
  if (part === '*') return '[^/]*';
  if (part === '?') return '[^/]';
  if (part.length > 1 && part.startsWith('['))
    return `[${part.slice(1, -1).replace(/^!/, '^').replaceAll('\\', '\\\\')}]`;
  if (part.length > 1) return `(?:${part.slice(1, -1).split(',').map(plain).join('|')})`;
  return plain(part);
}

function plain(text: string): string {
  return text.replaceAll(/[$()*+./?[\\\]^{|}-]/g, '\\$&');
}
