/** The first texts whose sizes together are at most `room`. */
export function fitting(
  texts: readonly string[],
  room: number,
  sizeOf: (text: string) => number,
): readonly string[] {
  let used = 0;
  for (const [index, text] of texts.entries()) {
    used += sizeOf(text);
    if (used > room) return texts.slice(0, index);
  }
  return texts;
}
