import { wellKnownFunctions } from '@actions/expressions';
import { ANYTHING, either, exactly, sequence } from '../texts/language.ts';
import {
  type Datum,
  dataOf,
  fromExpressionData,
  type Json,
  joined,
  MAX_TEXT,
  NULL,
  openOf,
  textOfData,
  toExpressionData,
} from './datum.ts';
import { knownData } from './resolve.ts';
import { anyText, follow, limited, oneWay, type Situation, type Way } from './situation.ts';
import { areEqual, testText, testTruth, undecided } from './tests.ts';

/** Calls a function of GitHub's expressions (GitHub Docs, "Evaluate expressions in workflows and actions"). */
export function callFunction(name: string, given: readonly Datum[], situation: Situation): Way<Datum>[] {
  const args = given.map((arg) => knownData(arg, situation));
  switch (name) {
    case 'always':
      return oneWay(situation, dataOf(true));
    case 'success':
    case 'failure':
    case 'cancelled':
      return oneWay(situation, openOf(`${name}()`, EITHER));
    case 'hashfiles':
      return oneWay(situation, unknownCall(name));
    case 'case':
      return callCase(args, situation);
    case 'format':
      return oneWay(situation, callFormat(args));
    case 'startswith':
    case 'endswith':
    case 'contains':
      return callSearch(name, args, situation).map((way) => ({ ...way, value: dataOf(way.value) }));
  }
  return oneWay(situation, callKnown(name, args) ?? unknownCall(name));
}

const EITHER = {
  kind: 'varies',
  choices: [{ data: true }, { data: false }],
  reason: 'earlier jobs and steps can succeed or fail',
} as const;

function unknownCall(name: string): Datum {
  const variable = `${name}()`;
  return openOf(
    variable,
    anyText('unknown', variable, `${variable} depends on what is known only at run time`),
  );
}

/** Calls a function of GitHub's package; undefined when an argument is unknown. */
function callKnown(name: string, args: readonly Datum[]): Datum | undefined {
  const known = args.flatMap((arg) => (arg.kind === 'data' ? [toExpressionData(arg.data)] : []));
  const definition = Object.hasOwn(wellKnownFunctions, name) ? wellKnownFunctions[name] : undefined;
  if (known.length < args.length || definition === undefined) return undefined;
  // Nested calls of toJSON double each quotation mark.
  if (known.some((one) => one.coerceString().length > MAX_TEXT)) return undefined;
  try {
    return dataOf(fromExpressionData(definition.call(...known)));
  } catch {
    // fromJSON of an invalid text fails the run.
    return undefined;
  }
}

function callCase(args: readonly Datum[], situation: Situation): Way<Datum>[] {
  const [condition = NULL, value = NULL, ...rest] = args;
  if (args.length < 2) return oneWay(situation, condition);
  return limited(
    follow(testTruth(situation, condition), (way) =>
      way.value ? oneWay(way.situation, value) : callCase(rest, way.situation),
    ),
  );
}

/** `{0}` is an argument; `{{` and `}}` are braces. */
function callFormat([format = NULL, ...args]: readonly Datum[]): Datum {
  if (format.kind !== 'data') return unknownCall('format');
  const pieces = textOfData(format.data).match(/\{\{|\}\}|\{\d+\}|[^{}]+|[{}]/g) ?? [];
  return joined(
    pieces.map((piece) => {
      if (piece === '{{' || piece === '}}') return piece.charAt(0);
      const index = /^\{(\d+)\}$/.exec(piece)?.[1];
      return index === undefined ? piece : (args[Number(index)] ?? NULL);
    }),
  );
}

type Search = 'startswith' | 'endswith' | 'contains';

function callSearch(name: Search, args: readonly Datum[], situation: Situation): Way<boolean>[] {
  const [searched = NULL, item = NULL] = args;
  const inData = (left: Json, right: Json) => {
    const found = callKnown(name, [dataOf(left), dataOf(right)]);
    return found?.kind === 'data' && found.data === true;
  };
  if (item.kind === 'data' && searched.kind === 'data')
    return oneWay(situation, inData(searched.data, item.data));
  if (item.kind === 'data') {
    const text = exactly(textOfData(item.data));
    const wanted = {
      startswith: sequence(text, ANYTHING),
      endswith: sequence(ANYTHING, text),
      contains: sequence(ANYTHING, text, ANYTHING),
    }[name];
    return testText(situation, searched, wanted, (found) => inData(found, item.data));
  }
  if (name === 'contains' && searched.kind === 'data' && Array.isArray(searched.data)) {
    const list: readonly Json[] = searched.data;
    const wanted = either(...list.filter((one) => typeof one === 'string').map(exactly));
    return testText(situation, item, wanted, (found) => list.some((one) => areEqual(one, found)));
  }
  return undecided(situation, searched, item);
}
