import { equals, falsy } from '@actions/expressions/result';
import {
  ANYTHING,
  both,
  contains,
  either,
  exactly,
  type Language,
  NOT_EMPTY,
  NOTHING,
  not,
  restAfter,
  sequence,
} from '../texts/language.ts';
import { ignoringCase, relation } from '../texts/relation.ts';
import {
  type Choice,
  type Datum,
  type Hole,
  holesOf,
  type Json,
  textOfData,
  toExpressionData,
} from './datum.ts';
import { domainOf, narrowed, oneWay, type Situation, supposing, type Way } from './situation.ts';

/** Splits a situation by whether a datum is truthy (GitHub Docs, "Evaluate expressions in workflows and actions"). */
export function testTruth(situation: Situation, datum: Datum): Way<boolean>[] {
  if (datum.kind === 'data') return oneWay(situation, isTrue(datum.data));
  const hole = onlyHole(datum);
  // A text around a hole is never empty.
  if (hole === undefined) return oneWay(situation, true);
  return split(situation, hole, (choice) => {
    if ('data' in choice) return isTrue(choice.data);
    if (!contains(choice.language, '')) return true;
    const filled = { ...choice, language: both(choice.language, NOT_EMPTY) };
    // A falsy value can also be a number or null, so that side is not narrowed.
    return { holds: [filled], fails: [choice] };
  });
}

function isTrue(json: Json): boolean {
  return !falsy(toExpressionData(json));
}

/** Splits a situation by whether a datum equals data. Strings are compared without case. */
export function testEquals(situation: Situation, datum: Datum, wanted: Json): Way<boolean>[] {
  if (datum.kind === 'data') return oneWay(situation, areEqual(datum.data, wanted));
  if (typeof wanted === 'string')
    return testText(situation, datum, exactly(wanted), (found) => areEqual(found, wanted));
  const hole = onlyHole(datum);
  if (hole === undefined) return undecided(situation, datum);
  return split(situation, hole, (choice) => ('data' in choice ? areEqual(choice.data, wanted) : undefined));
}

export function areEqual(left: Json, right: Json): boolean {
  return equals(toExpressionData(left), toExpressionData(right));
}

/**
 * Splits a situation by whether a text is in a set.
 *
 * @param isOne the same test for known data, without case
 */
export function testText(
  situation: Situation,
  datum: Datum,
  wanted: Language,
  isOne: (found: Json) => boolean,
): Way<boolean>[] {
  if (datum.kind === 'data') return oneWay(situation, isOne(datum.data));
  const [before, hole, behind] = aroundOneHole(datum) ?? [];
  if (hole === undefined) return testSeveral(situation, datum, wanted);
  const fitting = valuesThatFit(before ?? '', wanted, behind ?? '');
  return split(situation, hole, (choice) => {
    if ('data' in choice)
      return isOne(before || behind ? `${before}${textOfData(choice.data)}${behind}` : choice.data);
    if (fitting === undefined) return decide(whole(choice.language, before, behind), wanted);
    switch (relation(choice.language, fitting)) {
      case 'inside':
        return true;
      case 'outside':
        return decide(whole(choice.language, before, behind), wanted);
      case 'unknown':
        return undefined;
      case 'partly':
        return { holds: [part(choice, fitting, true)], fails: [part(choice, fitting, false)] };
    }
  });
}

const whole = (language: Language, before = '', behind = '') =>
  sequence(exactly(before), language, exactly(behind));

/** True or false where all texts agree. A difference in case alone is undecided. */
function decide(language: Language, wanted: Language): boolean | undefined {
  if (relation(language, wanted) === 'inside') return true;
  return relation(ignoringCase(language), ignoringCase(wanted)) === 'outside' ? false : undefined;
}

/** A text with several holes is tested as a whole and narrows none of them. */
function testSeveral(situation: Situation, datum: Datum, wanted: Language): Way<boolean>[] {
  const decided = decide(languageOf(situation, datum), wanted);
  return decided === undefined ? undecided(situation, datum) : oneWay(situation, decided);
}

/** All texts that a datum can have. */
function languageOf(situation: Situation, datum: Datum): Language {
  if (datum.kind === 'data') return exactly(textOfData(datum.data));
  return sequence(
    ...datum.parts.map((one) => (typeof one === 'string' ? exactly(one) : languageOfHole(situation, one))),
  );
}

function languageOfHole(situation: Situation, hole: Hole): Language {
  const { choices } = domainOf(situation, hole);
  return choices
    .map((choice) => ('data' in choice ? exactly(textOfData(choice.data)) : choice.language))
    .reduce((a, b) => either(a, b), NOTHING);
}

/** Both outcomes of a condition that cannot be decided. */
export function undecided(situation: Situation, ...data: readonly Datum[]): Way<boolean>[] {
  const open = data.flatMap(holesOf).filter((hole) => domainOf(situation, hole).kind === 'unknown');
  const supposed = supposing(
    situation,
    open.map(({ variable }) => variable),
  );
  return [
    { situation: supposed, value: true },
    { situation: supposed, value: false },
  ];
}

type Answer = boolean | undefined | { readonly holds: readonly Choice[]; readonly fails: readonly Choice[] };

/** Tests each choice of a hole and narrows the hole to the remaining choices on both sides. */
function split(situation: Situation, hole: Hole, ask: (choice: Choice) => Answer): Way<boolean>[] {
  const { choices } = domainOf(situation, hole);
  const [holds, fails]: [Choice[], Choice[]] = [[], []];
  for (const choice of choices) {
    const answer = ask(choice);
    if (typeof answer === 'object') {
      holds.push(...answer.holds);
      fails.push(...answer.fails);
    } else {
      if (answer !== false) holds.push(choice);
      if (answer !== true) fails.push(choice);
    }
  }
  if (fails.length === 0) return oneWay(situation, true);
  if (holds.length === 0) return oneWay(situation, false);
  return [
    { situation: narrowed(situation, hole, holds), value: true },
    { situation: narrowed(situation, hole, fails), value: false },
  ];
}

/**
 * The part of a choice that is in `language`, or the rest. GitHub compares without case. Names that differ from the condition
 * in case alone are in neither part, because a repository rarely has both.
 */
function part(choice: Extract<Choice, { language: Language }>, language: Language, inside: boolean): Choice {
  const rest = both(choice.language, inside ? language : not(ignoringCase(language)));
  if (rest.kind === 'text') return { data: rest.text };
  const pattern = patternOf(language);
  if (!inside) return { language: rest, shown: `${choice.shown} without ${pattern}` };
  // The choice was any name, so the pattern is enough.
  return {
    language: rest,
    shown: /^(\*\*|\$\{\{.*\}\})$/.test(choice.shown) ? pattern : `${choice.shown} as ${pattern}`,
  };
}

/** Shows a set that a condition compares with. */
function patternOf(language: Language): string {
  if (language === ANYTHING) return '**';
  if (language.kind === 'text') return language.text;
  if (language.kind === 'sequence') return language.of.map(patternOf).join('');
  return language.kind === 'either' ? language.of.map(patternOf).join(' or ') : '…';
}

function onlyHole(datum: Datum): Hole | undefined {
  const [before, hole, behind] = aroundOneHole(datum) ?? [];
  return before === '' && behind === '' ? hole : undefined;
}

/** The text before and after the only hole of a datum; undefined when it has several holes. */
function aroundOneHole(datum: Datum): readonly [string, Hole, string] | undefined {
  const [hole, ...others] = holesOf(datum);
  if (datum.kind === 'data' || hole === undefined || others.length > 0) return undefined;
  const at = datum.parts.indexOf(hole);
  const text = (parts: readonly (string | Hole)[]) => parts.join('');
  return [text(datum.parts.slice(0, at)), hole, text(datum.parts.slice(at + 1))];
}

/**
 * The texts that are in a set when they are put between two others.
 *
 * @returns undefined where this is not computed: a set of several texts and a text after the hole
 */
function valuesThatFit(before: string, wanted: Language, behind: string): Language | undefined {
  const rest = restAfter(wanted, before);
  if (behind === '') return rest;
  if (rest.kind !== 'text' || !rest.text.endsWith(behind)) return undefined;
  return exactly(rest.text.slice(0, rest.text.length - behind.length));
}
