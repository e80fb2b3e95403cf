/** Deeper than any trust policy, or the output of `aws iam get-role`, is nested. */
const MAX_DEPTH = 32;

/**
 * Finds what makes JSON ambiguous or costly to read: a duplicate key, of which readers keep different values, or deep
 * nesting.
 *
 * @param text valid JSON
 * @returns the problem with its line; undefined when there is none
 */
export function ambiguityIn(text: string): string | undefined {
  /** The keys of each open object; undefined for an open array. */
  const open: (Set<unknown> | undefined)[] = [];
  /** Whether a string here is a key, if the innermost open value is an object. */
  let atKey = false;
  let line = 1;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === '\n') line++;
    else if (character === '{' || character === '[') {
      if (open.length === MAX_DEPTH) return `line ${line}: nesting of more than ${MAX_DEPTH} levels`;
      atKey = true;
      open.push(character === '{' ? new Set() : undefined);
    } else if (character === '}' || character === ']') open.pop();
    else if (character === ',') atKey = true;
    else if (character === ':') atKey = false;
    else if (character === '"') {
      const end = endOfString(text, at);
      if (atKey) {
        const keys = open.at(-1);
        const key: unknown = JSON.parse(text.slice(at, end + 1));
        if (keys?.has(key)) return `line ${line}: a duplicate key`;
        keys?.add(key);
      }
      at = end;
    }
  }
  return undefined;
}

/** The position of the closing quotation mark of the string that starts at `start`. */
function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at;
}
