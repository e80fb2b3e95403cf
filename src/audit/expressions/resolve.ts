import { either, exactly, type Language } from '../texts/language.ts';
import { join, known, type Value } from '../texts/value.ts';
import { type Choice, type Datum, dataOf, type Hole, holesOf, textOfData } from './datum.ts';
import { domainOf, follow, narrowed, oneWay, type Situation, type Way } from './situation.ts';

/** A datum as a value. Several remaining choices become one set. */
export function toValue(datum: Datum, situation: Situation): Value {
  if (datum.kind === 'data') return known(textOfData(datum.data));
  return join(...datum.parts.map((part) => (typeof part === 'string' ? part : valueOfHole(part, situation))));
}

function valueOfHole(hole: Hole, situation: Situation): Value {
  const { kind, choices, reason } = domainOf(situation, hole);
  const [first, ...others] = choices.map(textsOf);
  if (first === undefined) return known('');
  if (others.length === 0 && first.language.kind === 'text') return known(first.language.text);
  const shown = [first, ...others].map((choice) => choice.shown).join(' | ');
  const language = others.reduce((a, b) => either(a, b.language), first.language);
  return { kind, language, shown, reasons: [reason] };
}

function textsOf(choice: Choice): { readonly language: Language; readonly shown: string } {
  if (!('data' in choice)) return choice;
  const text = textOfData(choice.data);
  return { language: exactly(text), shown: text };
}

/** Splits a situation by the choices of a datum, one outcome for each option of an input. */
export function byChoice(datum: Datum, situation: Situation): Way<Datum>[] {
  let ways: Way<Datum>[] = oneWay(situation, datum);
  for (const hole of holesOf(datum)) {
    ways = follow(ways, (way) => {
      const { choices } = domainOf(way.situation, hole);
      if (choices.length < 2) return [way];
      return choices.map((choice) => ({ ...way, situation: narrowed(way.situation, hole, [choice]) }));
    });
  }
  return ways;
}

/** A datum as data where the situation leaves only one value. */
export function knownData(datum: Datum, situation: Situation): Datum {
  if (datum.kind === 'data') return datum;
  const [part, ...others] = datum.parts;
  if (typeof part !== 'object' || others.length > 0) {
    const value = toValue(datum, situation);
    return value.kind === 'known' ? dataOf(value.text) : datum;
  }
  const [choice, ...more] = domainOf(situation, part).choices;
  return choice !== undefined && 'data' in choice && more.length === 0 ? dataOf(choice.data) : datum;
}
