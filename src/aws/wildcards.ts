/** Matches any one character; every other unit of a pattern matches itself. */
const ANY_ONE = Symbol('?');

type Unit = string | typeof ANY_ONE;

/**
 * Whether `text` matches `pattern`: `*` matches any characters, `?` matches one, and `${*}`, `${?}` and `${$}` match the
 * characters themselves. Reads the text once; a regular expression with many `*` backtracks for minutes.
 */
export function like(text: string, pattern: string): boolean {
  const special = pattern.search(/[*?$]/);
  if (special === -1) return text === pattern;
  if (!text.startsWith(pattern.slice(0, special))) return false;
  const [first = [], ...others] = piecesOf(pattern);
  const last = others.pop();
  if (last === undefined) return first.length === text.length && fitsAt(text, 0, first);
  const end = text.length - last.length;
  if (first.length > end || !fitsAt(text, 0, first) || !fitsAt(text, end, last)) return false;
  let at: number | undefined = first.length;
  for (const piece of others) {
    at = endOfFirst(text, at, end, piece);
    if (at === undefined) return false;
  }
  return true;
}

/**
 * A text that `pattern` matches. A `*` after a letter or digit matches nothing, so that a longer text shows what it lets
 * in; other `*` match `filler` on their own, and one character beside other text.
 */
export function memberOf(pattern: string, filler: string): string {
  if (/^\*+$/.test(pattern)) return filler;
  return pattern.replaceAll(/\$\{([*?$])\}|\*+|\?/g, (unit, escaped: string | undefined, at: number) => {
    if (escaped !== undefined) return escaped;
    return unit !== '?' && /[a-z0-9]/i.test(pattern.charAt(at - 1)) ? '' : 'x';
  });
}

/** The text that a value means to an operator without wildcards. */
export function literal(text: string): string {
  return text.replaceAll(/\$\{([*?$])\}/g, '$1');
}

/** The parts of a pattern between its `*`. */
function piecesOf(pattern: string): Unit[][] {
  const pieces: Unit[][] = [[]];
  for (const unit of pattern.match(/\$\{[*?$]\}|./gs) ?? []) {
    if (unit === '*') pieces.push([]);
    else if (unit === '?') pieces.at(-1)?.push(ANY_ONE);
    else pieces.at(-1)?.push(unit.length > 1 ? unit.charAt(2) : unit);
  }
  return pieces;
}

function fitsAt(text: string, at: number, piece: readonly Unit[]): boolean {
  return piece.every((unit, index) => unit === ANY_ONE || unit === text[at + index]);
}

/**
 * The end of the first occurrence of `piece` between `from` and `end`. One bit tracks each possible start (Baeza-Yates and
 * Gonnet, "A new approach to text searching"), so the search reads each character once.
 */
function endOfFirst(text: string, from: number, end: number, piece: readonly Unit[]): number | undefined {
  if (piece.length === 0) return from;
  const bits = piece.map((_, index) => 1n << BigInt(index));
  const any = piece.reduce<bigint>(
    (sum, unit, index) => (unit === ANY_ONE ? sum | (bits[index] ?? 0n) : sum),
    0n,
  );
  const fitting = new Map<Unit | undefined, bigint>();
  for (const [index, unit] of piece.entries())
    fitting.set(unit, (fitting.get(unit) ?? any) | (bits[index] ?? 0n));
  const complete = bits.at(-1) ?? 0n;
  let open = 0n;
  for (let at = from; at < end; at++) {
    open = ((open << 1n) | 1n) & (fitting.get(text[at]) ?? any);
    if ((open & complete) !== 0n) return at + 1;
  }
  return undefined;
}
