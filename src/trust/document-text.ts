/** Deeper than any trust policy, or the output of `aws iam get-role`, is nested. */
const MAX_DEPTH = 32;

/** The parts of JSON that matter here: strings, brackets, separators, and ends of lines. */
const PART = /"(?:[^"\\]+|\\.)*"|[{}[\],:\n]/g;

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
  for (const [part] of text.matchAll(PART)) {
    switch (part) {
      case '\n':
        line++;
        break;
      case '{':
      case '[':
        if (open.length === MAX_DEPTH) return `line ${line}: nesting of more than ${MAX_DEPTH} levels`;
        open.push(part === '{' ? new Set() : undefined);
        atKey = true;
        break;
      case '}':
      case ']':
        open.pop();
        break;
      case ',':
      case ':':
        atKey = part === ',';
        break;
      default:
        if (atKey && !isNew(JSON.parse(part), open.at(-1))) return `line ${line}: a duplicate key`;
    }
  }
  return undefined;
}

/** Adds a key to those of its object. Returns false if it was there already; strings in an array are all new. */
function isNew(key: unknown, keys: Set<unknown> | undefined): boolean {
  if (keys?.has(key)) return false;
  keys?.add(key);
  return true;
}
