/** In a pattern taken apart: any characters, and any one character. */
export const ANY_TEXT = Symbol('*');
export const ANY_ONE = Symbol('?');

type Character = string | typeof ANY_ONE;
type Unit = Character | typeof ANY_TEXT;

/** The characters (code points) and wildcards of a pattern. `${*}`, `${?}` and `${$}` are the characters themselves. */
export function unitsOf(pattern: string): Unit[] {
  return (pattern.match(/\$\{[*?$]\}|\*+|./gsu) ?? []).map((unit) => {
    if (unit.startsWith('*')) return ANY_TEXT;
    if (unit === '?') return ANY_ONE;
    return unit.length > 2 ? unit.charAt(2) : unit;
  });
}

/**
 * Whether `text` matches `pattern`: `*` matches any characters, `?` matches one, and `${*}`, `${?}` and `${$}` match the
 * characters themselves. Reads the text once; a regular expression with many `*` backtracks for minutes.
 */
export function like(text: string, pattern: string): boolean {
  const special = pattern.search(/[*?$]/);
  if (special === -1) return text === pattern;
  if (!text.startsWith(pattern.slice(0, special))) return false;
  const characters = [...text.slice(special)];
  const [first, ...others] = piecesOf(pattern.slice(special));
  const last = others.pop();
  if (last === undefined) return first.length === characters.length && fitsAt(characters, 0, first);
  const end = characters.length - last.length;
  if (first.length > end || !fitsAt(characters, 0, first) || !fitsAt(characters, end, last)) return false;
  let at: number | undefined = first.length;
  for (const piece of others) {
    at = endOfFirst(characters, at, end, piece);
    if (at === undefined) return false;
  }
  return true;
}

/**
 * A text that `pattern` matches. A `*` after a letter or digit matches nothing, so that a longer text shows what it lets
 * in; other `*` match `filler` on their own, and one character beside other text.
 */
export function memberOf(pattern: string, filler: string): string {
  if (matchesAll(pattern)) return filler;
  const members = unitsOf(pattern).map((unit, index, units) => {
    if (typeof unit === 'string') return unit;
    const before = units[index - 1];
    const isAfterWord = typeof before === 'string' && /[a-z0-9]/i.test(before);
    return unit === ANY_TEXT && isAfterWord ? '' : 'x';
  });
  return members.join('');
}

/** Whether a pattern consists of `*` alone. */
export function matchesAll(pattern: string): boolean {
  return /^\*+$/.test(pattern);
}

/** The text that a value means to an operator without wildcards. */
export function literal(text: string): string {
  return text.replaceAll(/\$\{([*?$])\}/g, '$1');
}

/** The parts of a pattern before, between and after its `*`. */
function piecesOf(pattern: string): [Character[], ...Character[][]] {
  let piece: Character[] = [];
  const pieces: [Character[], ...Character[][]] = [piece];
  for (const unit of unitsOf(pattern)) {
    if (unit === ANY_TEXT) {
      piece = [];
      pieces.push(piece);
    } else piece.push(unit);
  }
  return pieces;
}

function fitsAt(text: readonly string[], at: number, piece: readonly Character[]): boolean {
  return piece.every((unit, index) => unit === ANY_ONE || unit === text[at + index]);
}

/**
 * The end of the first occurrence of `piece` between `from` and `end`. One bit tracks each possible start (Baeza-Yates and
 * Gonnet, "A new approach to text searching"), so the search reads each character once.
 */
function endOfFirst(
  text: readonly string[],
  from: number,
  end: number,
  piece: readonly Character[],
): number | undefined {
  let any = 0n;
  for (const [index, unit] of piece.entries()) if (unit === ANY_ONE) any |= bit(index);
  const fitting = new Map<Character | undefined, bigint>();
  for (const [index, unit] of piece.entries()) fitting.set(unit, (fitting.get(unit) ?? any) | bit(index));
  const complete = bit(piece.length - 1);
  let open = 0n;
  for (let at = from; at < end; at++) {
    open = ((open << 1n) | 1n) & (fitting.get(text[at]) ?? any);
    if ((open & complete) !== 0n) return at + 1;
  }
  return undefined;
}

function bit(index: number): bigint {
  return 1n << BigInt(index);
}
