import { distinctBy } from '../../platform/distinct.ts';
import { type Datum, dataOf, type Json, openOf } from '../expressions/datum.ts';
import { evaluateNode, type Surroundings } from '../expressions/evaluate-node.ts';
import { knownData } from '../expressions/resolve.ts';
import { anyText, inTurn, mapWays, oneWay, type Situation, type Way } from '../expressions/situation.ts';
import { areEqual } from '../expressions/tests.ts';
import type { YamlNode } from '../yaml/read-yaml.ts';
import { entriesOf, isNull, valueAt } from '../yaml/yaml-node.ts';

/** Values by name in lower case. */
export type Members = ReadonlyMap<string, Datum>;

/** The members of `matrix` in one job. */
export interface Combination {
  readonly members: Members;
  /** False when the run can add members. */
  readonly complete: boolean;
}

/** The parts of a matrix; undefined when they are known only at run time. */
interface Spec {
  readonly axes: readonly (readonly [name: string, values: readonly Datum[] | undefined])[];
  readonly include: readonly Members[] | undefined;
  readonly exclude: readonly Members[] | undefined;
}

/** The maximum number of jobs of a matrix (GitHub Docs, "Running variations of jobs in a workflow"). */
const MAX_COMBINATIONS = 256;

/**
 * The combinations of `strategy.matrix`; one without members for a job without a matrix.
 *
 * @param used the names of the members that matter; undefined for all
 */
export function combinationsOf(
  job: YamlNode,
  used: ReadonlySet<string> | undefined,
  around: Surroundings,
  situation: Situation,
): Way<readonly Combination[]>[] {
  const node = valueAt(job, 'strategy', 'matrix');
  if (node === undefined || isNull(node)) return oneWay(situation, [{ members: new Map(), complete: true }]);
  return mapWays(specsOf(node, around, situation), (spec) => {
    if (spec === undefined) return [{ members: new Map(), complete: false }];
    const all = expand(spec).map((members) => onlyUsed(members, used));
    const distinct = distinctBy(all, keyOf);
    if (all.length > MAX_COMBINATIONS)
      around.gaps.add({
        file: around.file,
        line: node.line,
        what: `a matrix of more than ${MAX_COMBINATIONS} jobs`,
      });
    const complete = spec.include !== undefined;
    const combinations = distinct.slice(0, MAX_COMBINATIONS).map((members) => ({ members, complete }));
    return complete ? combinations : [...combinations, { members: new Map(), complete }];
  });
}

function onlyUsed(members: Members, used: ReadonlySet<string> | undefined): Members {
  return used === undefined ? members : new Map([...members].filter(([name]) => used.has(name)));
}

const keyOf = (members: Members) => JSON.stringify([...members].sort(([a], [b]) => (a < b ? -1 : 1)));

function specsOf(node: YamlNode, around: Surroundings, situation: Situation): Way<Spec | undefined>[] {
  if (node.kind !== 'map') return evaluatedAs(specOfData, node, around, situation);
  const parts = inTurn(node.entries, situation, ({ key, value }, at): Way<Partial<Spec>>[] => {
    if (key === 'include' || key === 'exclude')
      return mapWays(objectsIn(value, around, at), (members) => ({ [key]: members }));
    return mapWays(itemsIn(value, around, at), (values) => ({ axes: [[key.toLowerCase(), values]] }));
  });
  return mapWays(parts, (all) => ({
    include: [],
    exclude: [],
    ...Object.assign({}, ...all),
    axes: all.flatMap(({ axes = [] }) => axes),
  }));
}

function evaluatedAs<T>(
  read: (datum: Datum) => T,
  node: YamlNode,
  around: Surroundings,
  situation: Situation,
): Way<T>[] {
  return mapWays(evaluateNode(node, around, situation), (datum, at) => read(knownData(datum, at)));
}

function itemsIn(
  node: YamlNode,
  around: Surroundings,
  situation: Situation,
): Way<readonly Datum[] | undefined>[] {
  if (node.kind !== 'list') return evaluatedAs(itemsOfData, node, around, situation);
  return inTurn(node.items, situation, (item, at) => evaluateNode(item, around, at));
}

/** The objects of `include` or `exclude`. Some of their members can be unknown. */
function objectsIn(
  node: YamlNode,
  around: Surroundings,
  situation: Situation,
): Way<readonly Members[] | undefined>[] {
  if (node.kind !== 'list' || !node.items.every((item) => item.kind === 'map'))
    return evaluatedAs(objectsOf, node, around, situation);
  return inTurn(node.items, situation, (item, at) => {
    const members = inTurn(entriesOf(item), at, ({ key, value }, here) =>
      mapWays(evaluateNode(value, around, here), (datum) => [key.toLowerCase(), datum] as const),
    );
    return mapWays(members, (entries) => new Map(entries));
  });
}

function specOfData(datum: Datum): Spec | undefined {
  if (datum.kind !== 'data' || typeof datum.data !== 'object' || datum.data === null) return undefined;
  if (Array.isArray(datum.data)) return undefined;
  const entries = Object.entries(datum.data as { readonly [key: string]: Json });
  const objects = (name: string) => {
    const found = entries.find(([key]) => key === name)?.[1];
    return found === undefined ? [] : objectsOf(dataOf(found));
  };
  const axes = entries.filter(([name]) => name !== 'include' && name !== 'exclude');
  return {
    axes: axes.map(([name, values]) => [name.toLowerCase(), itemsOfData(dataOf(values))]),
    include: objects('include'),
    exclude: objects('exclude'),
  };
}

function itemsOfData(datum: Datum): readonly Datum[] | undefined {
  if (datum.kind !== 'data' || !Array.isArray(datum.data)) return undefined;
  return (datum.data as readonly Json[]).map(dataOf);
}

function objectsOf(datum: Datum): readonly Members[] | undefined {
  return itemsOfData(datum)?.map((item) => {
    const json = item.kind === 'data' && typeof item.data === 'object' && item.data !== null ? item.data : {};
    return new Map(Object.entries(json).map(([name, value]) => [name.toLowerCase(), dataOf(value as Json)]));
  });
}

/** Combines the axes and applies `exclude` and `include` (GitHub Docs, "Running variations of jobs in a workflow"). */
function expand({ axes, include = [], exclude = [] }: Spec): Members[] {
  let combinations: Members[] = axes.length === 0 ? [] : [new Map()];
  for (const [name, values = [inRun(name)]] of axes) {
    combinations = combinations.flatMap((members) =>
      values.map((value) => new Map([...members, [name, value]])),
    );
    if (combinations.length > MAX_COMBINATIONS * 4) break;
  }
  const kept = combinations.filter((members) => !exclude.some((excluded) => matches(members, excluded)));
  const names = new Set(axes.map(([name]) => name));
  const grown = kept.map((members) => new Map(members));
  const added: Members[] = [];
  for (const extra of include) {
    const own = new Map([...extra].filter(([name]) => names.has(name)));
    const fitting = grown.filter((_, index) => matches(kept[index] ?? new Map(), own));
    if (fitting.length === 0) added.push(extra);
    for (const members of fitting) for (const [name, value] of extra) members.set(name, value);
  }
  return [...grown, ...added];
}

/** Whether a combination has all members of `wanted`; false when that is not known. */
function matches(members: Members, wanted: Members): boolean {
  return [...wanted].every(([name, value]) => {
    const found = members.get(name);
    if (found?.kind !== 'data' || value.kind !== 'data') return false;
    return areEqual(found.data, value.data) || JSON.stringify(found.data) === JSON.stringify(value.data);
  });
}

function inRun(name: string): Datum {
  const variable = `matrix.${name}`;
  return openOf(
    variable,
    anyText('unknown', variable, `the values of ${variable} are known only at run time`),
  );
}
