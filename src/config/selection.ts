import { like } from '../aws/wildcards.ts';

/** The names that a selection leaves, in the order of all names, and its parts that name nothing. */
export interface Selection {
  readonly selected: ReadonlySet<string>;
  readonly unknown: readonly string[];
}

/**
 * Selects names: `prod` and patterns such as `prod-*` add names, `!prod` and `!sandbox-*` remove names, in any order. A
 * selection that only removes starts from the default.
 *
 * @param wanted undefined for the default
 * @param byDefault the names that a selection without names means, and the only ones that a pattern adds
 */
export function select(
  wanted: readonly string[] | undefined,
  names: readonly string[],
  byDefault: readonly string[] = names,
): Selection {
  const known = new Set(names);
  const isRemoval = (part: string) => part.startsWith('!') && !known.has(part);
  const added = wanted?.filter((part) => !isRemoval(part)) ?? [];
  const removed = wanted?.filter(isRemoval).map((part) => part.slice(1)) ?? [];
  const fits = (name: string, part: string) => name === part || (isPattern(part) && like(name, part));
  const defaults = new Set(byDefault);
  const isAdded = (name: string) =>
    added.length === 0
      ? defaults.has(name)
      : added.some((part) => name === part || (defaults.has(name) && fits(name, part)));
  const isRemoved = (name: string) => removed.some((part) => fits(name, part));
  return {
    selected: new Set(names.filter((name) => isAdded(name) && !isRemoved(name))),
    unknown: [
      ...added.filter((part) => !names.some((name) => fits(name, part))),
      // A pattern may remove what is no longer there.
      ...removed.filter((part) => !isPattern(part) && !known.has(part)).map((part) => `!${part}`),
    ],
  };
}

/** What is wrong with a selection: the parts that name nothing, or that it is empty; undefined if nothing is. */
export function faultOf(wanted: readonly string[], { selected, unknown }: Selection): string | undefined {
  if (unknown.length > 0) return unknown.join(', ');
  return selected.size === 0 ? `${wanted.join(', ')}, which selects no profile` : undefined;
}

function isPattern(part: string): boolean {
  return /[*?]/.test(part);
}
