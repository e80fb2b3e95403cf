/** Deeper than any trust policy, or the answer of `aws iam get-role`, is nested. */
const MAX_DEPTH = 32;

/**
 * What speaks against reading valid JSON as a policy: a key that is twice in one object, where readers differ about which
 * counts, or nesting without end.
 *
 * @param text valid JSON
 * @returns what is wrong, with its line; undefined when nothing is
 */
export function ambiguityIn(text: string): string | undefined {
  const open: (Set<unknown> | undefined)[] = [];
  let atKey = false;
  let line = 1;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === '\n') line++;
    else if (character === '{' || character === '[') {
      if (open.length === MAX_DEPTH) return `line ${line}: nested more than ${MAX_DEPTH} deep`;
      atKey = character === '{';
      open.push(atKey ? new Set() : undefined);
    } else if (character === '}' || character === ']') open.pop();
    else if (character === ',') atKey = open.at(-1) !== undefined;
    else if (character === ':') atKey = false;
    else if (character === '"') {
      const end = endOfString(text, at);
      const keys = open.at(-1);
      if (atKey && keys !== undefined) {
        const key: unknown = JSON.parse(text.slice(at, end));
        if (keys.has(key)) return `line ${line}: a key that its object has already`;
        keys.add(key);
      }
      at = end - 1;
    }
  }
  return undefined;
}

/** The position behind the quotation mark that ends the string that begins at `start`. */
function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at + 1;
}
