import type { GapList } from '../model/gap-list.ts';
import type { YamlNode } from '../yaml/read-yaml.ts';
import { type Datum, dataOf, type Json, openOf } from './datum.ts';
import { evaluateTemplate, type Scope, situationsWhere } from './evaluate.ts';
import { type Place, parseCondition, parseTemplate } from './parse.ts';
import { anyText, inTurn, mapWays, oneWay, type Situation, type Way } from './situation.ts';

/** The place of a text and the contexts that it can name. */
export interface Surroundings {
  readonly file: string;
  readonly place: Place;
  readonly scope: Scope;
  readonly gaps: GapList;
}

/** Evaluates a YAML value: a text with expressions, or a list or map of texts. */
export function evaluateNode(node: YamlNode, around: Surroundings, situation: Situation): Way<Datum>[] {
  if (node.kind === 'scalar') {
    if (typeof node.value !== 'string') return oneWay(situation, dataOf(node.value));
    if (!node.value.includes('${{')) return oneWay(situation, dataOf(node.value));
    const template = parseTemplate(node.value, around.place);
    if ('parts' in template) return evaluateTemplate(template, around.scope, situation);
    around.gaps.add({ file: around.file, line: node.line, what: template.problem });
    return oneWay(situation, notEvaluated());
  }
  const names = node.kind === 'map' ? node.entries.map(({ key }) => key) : undefined;
  const nodes = node.kind === 'map' ? node.entries.map(({ value }) => value) : node.items;
  const ways = inTurn(nodes, situation, (one, at) => evaluateNode(one, around, at));
  return mapWays(ways, (members) => collect(members, names));
}

/** A list or an object. It is unknown when a member is unknown. */
function collect(members: readonly Datum[], names: readonly string[] | undefined): Datum {
  const known = members.flatMap((member): Json[] => (member.kind === 'data' ? [member.data] : []));
  if (known.length < members.length) {
    return openOf('a nested value', anyText('unknown', 'a nested value', 'part of the value is not known'));
  }
  if (names === undefined) return dataOf(known);
  return dataOf(Object.fromEntries(names.map((name, index) => [name, known[index] ?? null])));
}

function notEvaluated(): Datum {
  const variable = 'an expression that is not valid';
  return openOf(variable, anyText('unknown', variable, 'GitHub rejects the expression'));
}

/** The situations in which an `if` is true. */
export function situationsOfIf(
  node: YamlNode | undefined,
  around: Surroundings,
  situation: Situation,
): Situation[] {
  if (node?.kind !== 'scalar' || node.value === null) return [situation];
  const template = parseCondition(String(node.value), around.place);
  if ('parts' in template) return situationsWhere(template, around.scope, situation);
  around.gaps.add({ file: around.file, line: node.line, what: template.problem });
  // GitHub rejects the whole workflow. The run stays, so that the gap does not hide it.
  return [situation];
}
