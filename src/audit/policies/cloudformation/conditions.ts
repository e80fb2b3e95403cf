import type { YamlNode } from '../../yaml/read-yaml.ts';
import { itemsOf, textOf, valueAt } from '../../yaml/yaml-node.ts';
import { onlyEntry } from '../tree/node.ts';
import type { Resolver } from './resolver.ts';

/** What a condition of the template is with the default values of its parameters; undefined where that is not known. */
export function conditionOf(name: string, resolver: Resolver, depth = 0): boolean | undefined {
  const node = valueAt(resolver.template, 'Conditions', name);
  return node === undefined ? undefined : evaluated(node, resolver, depth);
}

/** Conditions that refer to each other in a cycle are not valid; this only has to end. */
const MAX_DEPTH = 20;

function evaluated(node: YamlNode, resolver: Resolver, depth: number): boolean | undefined {
  const call = onlyEntry(node);
  if (call === undefined || depth > MAX_DEPTH) return undefined;
  const parts = itemsOf(call.value);
  const all = () => parts.map((part) => evaluated(part, resolver, depth + 1));
  switch (call.key) {
    case 'Condition':
      return conditionOf(textOf(call.value) ?? '', resolver, depth + 1);
    case 'Fn::Not':
      return not(all()[0]);
    case 'Fn::And':
      return not(some(all().map(not)));
    case 'Fn::Or':
      return some(all());
    case 'Fn::Equals':
      return equal(parts, resolver);
    default:
      return undefined;
  }
}

function equal(parts: readonly YamlNode[], resolver: Resolver): boolean | undefined {
  const [left, right] = parts.map((part) => resolver.text(part) ?? '');
  const known = [left, right].every(
    (text) => text !== undefined && resolver.unknowns.valueOf(text).kind === 'known',
  );
  return known ? left === right : undefined;
}

function not(value: boolean | undefined): boolean | undefined {
  return value === undefined ? undefined : !value;
}

function some(values: readonly (boolean | undefined)[]): boolean | undefined {
  if (values.includes(true)) return true;
  return values.includes(undefined) ? undefined : false;
}
