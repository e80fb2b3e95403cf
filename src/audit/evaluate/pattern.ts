import { ANY_ONE, ANY_TEXT, literal, unitsOf } from '../../aws/wildcards.ts';
import {
  ANY_CHARACTER,
  ANYTHING,
  exactly,
  type Language,
  oneOf,
  repeat,
  sequence,
} from '../texts/language.ts';
import { ignoringCase, relation } from '../texts/relation.ts';
import type { Value } from '../texts/value.ts';

/** The texts that a value of a condition matches under an operator. */
export interface Matched {
  /** For sure. */
  readonly surely: Language | undefined;
  /** At most, whatever its unknown parts are. */
  readonly atMost: Language;
}

const WITHOUT_WILDCARDS = repeat(oneOf('*?$', true));

/** The texts that an IAM pattern matches: `*` any texts, `?` any character, `${*}` and the like the characters themselves. */
export function languageOfPattern(pattern: string): Language {
  return sequence(
    ...unitsOf(pattern).map((unit) => {
      if (unit === ANY_TEXT) return ANYTHING;
      return unit === ANY_ONE ? ANY_CHARACTER : exactly(unit);
    }),
  );
}

/** How the operators that compare texts read a value; undefined for other operators. */
const READERS: Readonly<Record<string, (text: string) => Language>> = {
  StringEquals: (text) => exactly(literal(text)),
  StringEqualsIgnoreCase: (text) => ignoringCase(exactly(literal(text))),
  StringLike: languageOfPattern,
};

/** Whether an operator compares texts, so that it can be evaluated for sets of texts. */
export function comparesTexts(operator: string): boolean {
  return Object.hasOwn(READERS, operator);
}

/**
 * The texts that one value of a condition matches.
 *
 * @param operator one that {@link comparesTexts}
 * @param parts the value, in which parts can be unknown
 */
export function matchedBy(operator: string, parts: readonly Value[]): Matched {
  const read = READERS[operator] ?? languageOfPattern;
  const isKnown = parts.every(({ kind }) => kind === 'known');
  const atMost = sequence(...parts.map((part) => languageOfPart(operator, part, read)));
  return { surely: isKnown ? atMost : undefined, atMost };
}

/** The value of an unknown part can itself have wildcards, and letters of either case. */
function languageOfPart(operator: string, part: Value, read: (text: string) => Language): Language {
  if (part.kind === 'known') return read(part.text);
  if (operator === 'StringEquals') return part.language;
  const isPlain = operator === 'StringLike' && relation(part.language, WITHOUT_WILDCARDS) === 'inside';
  return isPlain ? part.language : ANYTHING;
}
