/** Stands for any one character; all else in a piece of a pattern stands for itself. */
const ANY_ONE = Symbol('?');

type Unit = string | typeof ANY_ONE;

/**
 * Whether `text` is like `pattern`: `*` for any run of characters, `?` for any one, `${*}`, `${?}` and `${$}` for the
 * characters themselves. Never goes back in the text, as a regular expression with many `*` does for minutes.
 */
export function like(text: string, pattern: string): boolean {
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

/** The parts between the `*` of a pattern; one more than it has of those. */
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
 * Where the first occurrence of `piece` between `from` and `end` ends. One bit follows each place where it may have
 * begun (Baeza-Yates and Gonnet, "A new approach to text searching"), so that each character is looked at once.
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
