import type { YamlNode } from '../yaml/read-yaml.ts';
import { entriesOf, itemsOf, textOf, valueAt } from '../yaml/yaml-node.ts';

/** The keys whose expressions matter to the audit. */
const OF_JOB = ['environment', 'env', 'with', 'secrets', 'runs-on'];
const OF_STEP = ['if', 'with', 'env', 'uses'];

/** The members of `matrix` that matter to a job; undefined when it uses the whole matrix. */
export function matrixNamesIn(job: YamlNode): ReadonlySet<string> | undefined {
  const names = new Set<string>();
  const steps = itemsOf(valueAt(job, 'steps')).flatMap((step) => [
    step,
    ...itemsOf(valueAt(step, 'parallel')),
  ]);
  const nodes = [
    ...OF_JOB.map((key) => valueAt(job, key)),
    ...steps.flatMap((step) =>
      valueAt(step, 'uses') === undefined ? [] : OF_STEP.map((key) => valueAt(step, key)),
    ),
  ];
  return nodes.every((node) => addNames(node, names)) ? names : undefined;
}

/** Returns false for the whole matrix, or a member whose name is an expression. */
function addNames(node: YamlNode | undefined, names: Set<string>): boolean {
  if (node === undefined) return true;
  if (node.kind === 'map') return entriesOf(node).every(({ value }) => addNames(value, names));
  if (node.kind === 'list') return node.items.every((item) => addNames(item, names));
  for (const [, dotted, quoted] of (textOf(node) ?? '').matchAll(
    /\bmatrix\b(?:\s*\.\s*([\w-]+)|\s*\[\s*'([^']*)'\s*\])?/gi,
  )) {
    const name = dotted ?? quoted;
    if (name === undefined) return false;
    names.add(name.toLowerCase());
  }
  return true;
}
