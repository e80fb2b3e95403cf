/** The items of a list without those that share a key with a later one, each where its key first stands. */
export function distinctBy<T>(list: readonly T[], keyOf: (item: T) => string): T[] {
  return [...new Map(list.map((item) => [keyOf(item), item])).values()];
}
