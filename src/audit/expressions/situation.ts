import { ANYTHING } from '../texts/language.ts';
import type { Choice, Datum, Domain, Hole } from './datum.ts';

/**
 * What is known in one kind of run: the choices that conditions left for each variable. Immutable, so that both outcomes of a
 * condition can share it.
 */
export interface Situation {
  readonly domains: ReadonlyMap<string, Domain>;
  /** Unknown variables on which the run depends. */
  readonly hypotheses: ReadonlySet<string>;
}

/** No condition was evaluated yet. */
export const START: Situation = { domains: new Map(), hypotheses: new Set() };

/** One possible outcome of an evaluation. */
export interface Way<T> {
  readonly situation: Situation;
  readonly value: T;
}

export const oneWay = <T>(situation: Situation, value: T): Way<T>[] => [{ situation, value }];

export function domainOf(situation: Situation, { variable, domain }: Hole): Domain {
  return situation.domains.get(variable) ?? domain;
}

/** The situation in which a variable has only these choices. */
export function narrowed(situation: Situation, hole: Hole, choices: readonly Choice[]): Situation {
  const domain = domainOf(situation, hole);
  const domains = new Map(situation.domains).set(hole.variable, { ...domain, choices });
  return { ...supposing(situation, domain.kind === 'unknown' ? [hole.variable] : []), domains };
}

/** The situation that also depends on these variables. */
export function supposing(situation: Situation, variables: readonly string[]): Situation {
  if (variables.every((variable) => situation.hypotheses.has(variable))) return situation;
  return { ...situation, hypotheses: new Set([...situation.hypotheses, ...variables]) };
}

/** Continues each outcome with another evaluation. */
export function follow<A, B>(ways: readonly Way<A>[], next: (way: Way<A>) => readonly Way<B>[]): Way<B>[] {
  return limited(ways.flatMap(next));
}

/** Evaluates items in order, each in the situation that the previous one left. */
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

/** Maps the values of outcomes. */
export function mapWays<A, B>(
  ways: readonly Way<A>[],
  change: (value: A, situation: Situation) => B,
): Way<B>[] {
  return ways.map((way) => ({ situation: way.situation, value: change(way.value, way.situation) }));
}

/** The maximum number of jobs of a matrix. */
const MAX_WAYS = 256;

/** Removes duplicate outcomes. */
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

/** Thrown when conditions distinguish too many cases. The job becomes a gap. */
export class TooManyWays extends Error {}

const NUMBERS = new WeakMap<object, number>();
let lastNumber = 0;

/** A number for each object, for keys by identity. */
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

/** The domain of a variable that can have any text. */
export function anyText(kind: Domain['kind'], variable: string, reason: string): Domain {
  return { kind, reason, choices: [{ language: ANYTHING, shown: `\${{ ${variable} }}` }] };
}
