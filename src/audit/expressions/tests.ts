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

/** Splits a situation by whether a datum counts as true (GitHub Docs, "Evaluate expressions": falsy values). */
export function testTruth(situation: Situation, datum: Datum): Way<boolean>[] {
  if (datum.kind === 'data') return oneWay(situation, isTrue(datum.data));
  const hole = onlyHole(datum);
  // Text beside a hole is never empty.
  if (hole === undefined) return oneWay(situation, true);
  return split(situation, hole, (choice) => {
    if ('data' in choice) return isTrue(choice.data);
    if (!contains(choice.language, '')) return true;
    const filled = { ...choice, language: both(choice.language, NOT_EMPTY) };
    // What is false can also be a number or nothing at all, so that side stays as it was.
    return { holds: [filled], fails: [choice] };
  });
}

export function isTrue(json: Json): boolean {
  return !falsy(toExpressionData(json));
}

/** Splits a situation by whether a datum equals data, texts without regard to case. */
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
 * Splits a situation by whether a text is one of a set.
 *
 * @param isOne the same question of data that are known, as GitHub answers it: without regard to case
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

/** True or false where all texts agree; a difference in case alone decides nothing. */
function decide(language: Language, wanted: Language): boolean | undefined {
  if (relation(language, wanted) === 'inside') return true;
  return relation(ignoringCase(language), ignoringCase(wanted)) === 'outside' ? false : undefined;
}

/** Texts with several holes are decided as a whole or not at all. */
function testSeveral(situation: Situation, datum: Datum, wanted: Language): Way<boolean>[] {
  const decided = decide(languageOf(situation, datum), wanted);
  return decided === undefined ? undecided(situation, datum) : oneWay(situation, decided);
}

/** Every text that a datum can be. */
export function languageOf(situation: Situation, datum: Datum): Language {
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

/** Both ways, where nothing here tells which it is. */
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

/** Asks each choice of a hole, and narrows the hole on both sides to those that are left there. */
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
 * The part of a choice that is in `language`, or the one that is not. GitHub compares without case: names that differ from
 * the condition in case alone are in neither, as a repository rarely has them beside those that it means.
 */
function part(choice: Extract<Choice, { language: Language }>, language: Language, inside: boolean): Choice {
  const rest = both(choice.language, inside ? language : not(ignoringCase(language)));
  if (rest.kind === 'text') return { data: rest.text };
  const pattern = patternOf(language);
  if (!inside) return { language: rest, shown: `${choice.shown} without ${pattern}` };
  // A pattern within any name says it all.
  return {
    language: rest,
    shown: /^(\*\*|\$\{\{.*\}\})$/.test(choice.shown) ? pattern : `${choice.shown} as ${pattern}`,
  };
}

/** For people: what a condition compares with. */
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

/** The text before and behind the one hole of a datum; undefined when it has several. */
function aroundOneHole(datum: Datum): readonly [string, Hole, string] | undefined {
  const [hole, ...others] = holesOf(datum);
  if (datum.kind === 'data' || hole === undefined || others.length > 0) return undefined;
  const at = datum.parts.indexOf(hole);
  const text = (parts: readonly (string | Hole)[]) => parts.join('');
  return [text(datum.parts.slice(0, at)), hole, text(datum.parts.slice(at + 1))];
}

/**
 * What has to stand between two texts to make one of a set: exact for a set of one text, and where nothing stands behind.
 *
 * @returns undefined where that is not worked out
 */
function valuesThatFit(before: string, wanted: Language, behind: string): Language | undefined {
  const rest = restAfter(wanted, before);
  if (behind === '') return rest;
  if (rest.kind !== 'text' || !rest.text.endsWith(behind)) return undefined;
  return exactly(rest.text.slice(0, rest.text.length - behind.length));
}
