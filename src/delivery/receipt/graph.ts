import type { Session } from '../../aws/session.ts';
import { type Plan, type PlanNode, targetOf } from '../../plan/plan.ts';
import { ActionError } from '../../platform/errors.ts';
import type { Obtained } from '../../session/obtain-sessions.ts';
import { escapeLabel } from './escape.ts';

/** More nodes are not readable. */
const MAX_NODES = 40;

/** Of a larger plan: the sessions of one source that failed alike. */
const MAX_ALIKE = 5;

/** The outcomes of a plan; `planned` for a dry run, and undefined for a step that failed before it requested anything. */
export type Outcomes = Obtained | 'planned' | undefined;

/** A node of the diagram: one of the plan, or a number of them that are left out. */
interface Shape {
  readonly label: string;
  /** What is between the source and the node: an arrow, or why there is none. */
  readonly missing: string | undefined;
  readonly source: string;
}

/**
 * A Mermaid diagram of how each session is obtained. A large plan is cut to what matters: the sessions that failed, the
 * sources that lead to many others, and the default session; a number stands for the others.
 *
 * @param hide removes what must not be shown from a text
 */
export function graphOf(plan: Plan, outcomes: Outcomes, hide: (text: string) => string): readonly string[] {
  const nodes = new Map(plan.nodes.map((node) => [node.id, node]));
  const kept = keptNodes(plan, nodes, outcomes);
  const numbers = new Map([...kept].map((id, index) => [id, `n${index}`]));
  const identities = plan.nodes.flatMap(({ source }) =>
    source.kind === 'identity' ? source.identity.kind : [],
  );
  const kinds = [...new Set(identities)];
  const sourceOf = ({ source }: PlanNode) =>
    source.kind === 'node'
      ? (numbers.get(source.id) ?? '')
      : `identity${kinds.indexOf(source.identity.kind) || ''}["${source.identity.kind}"]`;
  const shapes = new Map<string, Shape>();
  const cut = new Map<string, { count: number; missing: string | undefined; source: string }>();
  for (const node of plan.nodes) {
    const missing = missingOf(node, outcomes);
    const number = numbers.get(node.id);
    if (number !== undefined) {
      const label = hide(`${node.id}: ${targetOf(node.request)}`);
      shapes.set(number, { label, missing, source: sourceOf(node) });
      continue;
    }
    const source = sourceOf(nearestKept(node, nodes, kept));
    const key = `${source} ${missing}`;
    cut.set(key, { source, missing, count: (cut.get(key)?.count ?? 0) + 1 });
  }
  for (const [index, { count, missing, source }] of [...cut.values()].entries())
    shapes.set(`more${index}`, { label: `${count} more`, missing, source });
  return ['graph LR', ...[...shapes].map(edge), ...classOfMissing(shapes)];
}

/** One line. Nodes have numbers and quoted labels, so that Mermaid reads no name as a command. */
function edge([name, { label, missing, source }]: readonly [string, Shape]): string {
  const to = `${name}["${escapeLabel(label)}"]`;
  return missing === undefined ? `  ${source} --> ${to}` : `  ${source} -.->|${missing}| ${to}`;
}

function classOfMissing(shapes: ReadonlyMap<string, Shape>): readonly string[] {
  const missing = [...shapes].flatMap(([name, shape]) => (shape.missing === undefined ? [] : name));
  return missing.length === 0
    ? []
    : [`  class ${missing.join(',')} missing`, '  classDef missing stroke:#cf222e,stroke-dasharray:4'];
}

/** Why there is no session; undefined if there is one. */
function missingOf({ id, source }: PlanNode, outcomes: Outcomes): string | undefined {
  if (outcomes === 'planned') return undefined;
  const outcome = outcomes?.get(id);
  if (isSession(outcome)) return undefined;
  const withSource = source.kind === 'node' && outcomes?.get(source.id) === outcome;
  return outcome === undefined || withSource ? 'not requested' : outcome.code;
}

function isSession(outcome: Session | ActionError | undefined): outcome is Session {
  return outcome !== undefined && !(outcome instanceof ActionError);
}

/** The nodes to draw, in the order of the plan, each with all of its sources. */
function keptNodes(
  plan: Plan,
  nodes: ReadonlyMap<string, PlanNode>,
  outcomes: Outcomes,
): ReadonlySet<string> {
  if (plan.nodes.length <= MAX_NODES) return new Set(nodes.keys());
  const children = new Map<string, number>();
  for (const { source } of plan.nodes)
    if (source.kind === 'node') children.set(source.id, (children.get(source.id) ?? 0) + 1);
  const defaults = new Set(plan.delivered.flatMap(({ node, isDefault }) => (isDefault ? node : [])));
  const weight = (node: PlanNode) => {
    const missing = missingOf(node, outcomes);
    if (missing !== undefined && missing !== 'not requested') return Number.POSITIVE_INFINITY;
    return (children.get(node.id) ?? 0) + (defaults.has(node.id) ? 1 : 0);
  };
  const kept = new Set<string>();
  const alike = new Map<string, number>();
  const byWeight = plan.nodes
    .map((node) => ({ node, weight: weight(node) }))
    .filter((entry) => entry.weight > 0)
    .toSorted((a, b) => (a.weight === b.weight ? 0 : b.weight - a.weight));
  for (const { node } of byWeight) {
    const kind = JSON.stringify([node.source, missingOf(node, outcomes)]);
    const isLeaf = !children.has(node.id);
    if (isLeaf) alike.set(kind, (alike.get(kind) ?? 0) + 1);
    if (isLeaf && (alike.get(kind) ?? 0) > MAX_ALIKE) continue;
    const wanted = withSources(node, nodes).filter((id) => !kept.has(id));
    // One place for the number of those that are left out.
    if (kept.size + wanted.length < MAX_NODES) for (const id of wanted) kept.add(id);
  }
  return new Set([...nodes.keys()].filter((id) => kept.has(id)));
}

function withSources(node: PlanNode, nodes: ReadonlyMap<string, PlanNode>): readonly string[] {
  const source = node.source.kind === 'node' ? nodes.get(node.source.id) : undefined;
  return source === undefined ? [node.id] : [...withSources(source, nodes), node.id];
}

/** The first node on the way from `node` to its identity whose source is drawn, or is the identity itself. */
function nearestKept(
  node: PlanNode,
  nodes: ReadonlyMap<string, PlanNode>,
  kept: ReadonlySet<string>,
): PlanNode {
  const { source } = node;
  const above = source.kind === 'node' && !kept.has(source.id) ? nodes.get(source.id) : undefined;
  return above === undefined ? node : nearestKept(above, nodes, kept);
}
