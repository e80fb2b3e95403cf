import { ANYTHING } from '../texts/language.ts';
import type { Choice, Datum, Domain, Hole } from './datum.ts';

/**
 * What holds in one kind of run: which choices are left for the variables that conditions asked about. Never changed, so
 * that the two ways after a condition can share what they have in common.
 */
export interface Situation {
  readonly domains: ReadonlyMap<string, Domain>;
  /** Variables whose value is not known, and on which it depends whether the run is like this. */
  readonly hypotheses: ReadonlySet<string>;
}

/** Nothing is known beyond what the event says. */
export const START: Situation = { domains: new Map(), hypotheses: new Set() };

/** One of the ways that an evaluation can go. */
export interface Way<T> {
  readonly situation: Situation;
  readonly value: T;
}

export const oneWay = <T>(situation: Situation, value: T): Way<T>[] => [{ situation, value }];

export function domainOf(situation: Situation, { variable, domain }: Hole): Domain {
  return situation.domains.get(variable) ?? domain;
}

/** The situation in which only these choices are left for a variable. */
export function narrowed(situation: Situation, hole: Hole, choices: readonly Choice[]): Situation {
  const domain = domainOf(situation, hole);
  const domains = new Map(situation.domains).set(hole.variable, { ...domain, choices });
  return { ...supposing(situation, domain.kind === 'unknown' ? [hole.variable] : []), domains };
}

/** The situation that depends on these variables, besides. */
export function supposing(situation: Situation, variables: readonly string[]): Situation {
  if (variables.every((variable) => situation.hypotheses.has(variable))) return situation;
  return { ...situation, hypotheses: new Set([...situation.hypotheses, ...variables]) };
}

/** Follows every way with a further evaluation. */
export function follow<A, B>(ways: readonly Way<A>[], next: (way: Way<A>) => readonly Way<B>[]): Way<B>[] {
  return limited(ways.flatMap(next));
}

/** Evaluates items one after the other, each in the situation that those before it left. */
export function inTurn<A, B>(
  items: readonly A[],
  situation: Situation,
  evaluate: (item: A, situation: Situation) => readonly Way<B>[],
): Way<readonly B[]>[] {
  let ways: Way<readonly B[]>[] = oneWay(situation, []);
  for (const item of items) {
    ways = follow(ways, (way) =>
      evaluate(item, way.situation).map((next) => ({ ...next, value: [...way.value, next.value] })),
    );
  }
  return ways;
}

/** The same ways with other values. */
export function mapWays<A, B>(
  ways: readonly Way<A>[],
  change: (value: A, situation: Situation) => B,
): Way<B>[] {
  return ways.map((way) => ({ situation: way.situation, value: change(way.value, way.situation) }));
}

/** As many as a matrix or the options of an input can have. */
const MAX_WAYS = 256;

/** Drops ways that are the same, which conditions on unrelated things make many of. */
export function limited<T>(ways: readonly Way<T>[]): Way<T>[] {
  if (ways.length < 2) return [...ways];
  const found = new Map<string, Way<T>>();
  for (const way of ways) {
    const key = keyOfWay(way);
    if (!found.has(key)) found.set(key, way);
    if (found.size > MAX_WAYS) throw new TooManyWays();
  }
  return [...found.values()];
}

/** Thrown where conditions split the runs of a job into too many kinds; it becomes a gap. */
export class TooManyWays extends Error {}

const NUMBERS = new WeakMap<object, number>();
let lastNumber = 0;

/** Two objects have the same number when they are the same object. */
function numberOf(object: object): number {
  let number = NUMBERS.get(object);
  if (number === undefined) {
    number = ++lastNumber;
    NUMBERS.set(object, number);
  }
  return number;
}

function keyOfWay({ situation, value }: Way<unknown>): string {
  const shown = typeof value === 'object' && value !== null ? keyOfValue(value) : String(value);
  return `${numberOf(situation)} ${shown}`;
}

function keyOfValue(value: object): string {
  const datum = value as Partial<Datum>;
  if (datum.kind === 'data') return `data ${JSON.stringify((value as { data: unknown }).data)}`;
  return `object ${numberOf(value)}`;
}

/** The domain of something that only the run itself has, of which nothing is known. */
export function anyText(kind: Domain['kind'], variable: string, reason: string): Domain {
  return { kind, reason, choices: [{ language: ANYTHING, shown: `\${{ ${variable} }}` }] };
}
