import { parseOperator } from '../../trust/condition-operators.ts';
import type { Condition } from '../../trust/document.ts';
import type { Unknowns } from '../policies/roles/unknowns.ts';
import { either, keyOf, type Language, NOTHING } from '../texts/language.ts';
import { type Relation, relation } from '../texts/relation.ts';
import { matchedBy } from './pattern.ts';

/** The texts that the values of a condition match. */
export interface Wanted {
  /** For sure. */
  readonly surely: Language;
  /** At most, whatever unknown parts are. */
  readonly atMost: Language;
  /** Whether no part is unknown. */
  readonly isExact: boolean;
}

const WANTED = new WeakMap<Condition, Wanted>();

/** The texts that a condition is met by, or not met by if it is negated; each condition is read once. */
export function wantedBy(condition: Condition, unknowns: Unknowns): Wanted {
  const known = WANTED.get(condition);
  if (known !== undefined) return known;
  const operator = positiveName(condition);
  const matches = condition.values.map((text) => matchedBy(operator, unknowns.partsOf(text)));
  const wanted = {
    surely: either(...matches.map((match) => match.surely ?? NOTHING)),
    atMost: either(...matches.map((match) => match.atMost)),
    isExact: matches.every((match) => match.surely !== undefined),
  };
  WANTED.set(condition, wanted);
  return wanted;
}

/** The operator without its prefix, suffix and negation. */
export function positiveName({ operator }: Condition): string {
  return parseOperator(operator).name.replace('StringNot', 'String');
}

const RELATIONS = new Map<string, Relation>();
/** A large repository has some thousands; a process ends before there are more. */
const MAX_RELATIONS = 100_000;

/** How the texts of one language lie to another; jobs present the same subjects to many roles. */
export function compare(language: Language, other: Language): Relation {
  const key = `${keyOf(language)}\n${keyOf(other)}`;
  let found = RELATIONS.get(key);
  if (found === undefined) {
    found = relation(language, other);
    if (RELATIONS.size < MAX_RELATIONS) RELATIONS.set(key, found);
  }
  return found;
}
