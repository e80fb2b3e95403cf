import type { Config } from '../config/config.ts';
import type { Delivered, NodeSource, Plan, PlanNode } from './plan.ts';
import type { PlannedProfile, ProfileList } from './profile-list.ts';
import { sessionRequest } from './session-request.ts';

/** The session of a profile in the plan. */
interface PlannedSession {
  readonly node: PlanNode;
  /** The keys of the tags that sessions obtained with it inherit. */
  readonly passedOn: readonly string[];
}

/**
 * The plan for the selected profiles and their source profiles. Profiles with the same request to the same source share
 * one session, which has the name of the first.
 */
export function makePlan(list: ProfileList, { session, region }: Pick<Config, 'session' | 'region'>): Plan {
  const nodes = new Map<string, PlanNode>();
  const planned = new Map<string, PlannedSession>();
  const delivered: Delivered[] = [];
  const selected = new Set(list.selected);

  for (const profile of neededFor(list)) {
    const { name, writeTo } = profile;
    const { source, inherited } = originOf(profile, planned);
    const isDelivered = selected.has(name);
    const request = sessionRequest(profile, { source, inherited, isDelivered }, session);

    const key = JSON.stringify([source, request]);
    const node = nodes.get(key) ?? { id: name, source, request };
    nodes.set(key, node);
    const sent = request.operation === 'AssumeRole' ? request.transitiveTagKeys : [];
    planned.set(name, { node, passedOn: [...inherited, ...sent] });
    if (!isDelivered) continue;
    delivered.push({
      node: node.id,
      region: profile.region ?? region,
      isDefault: name === list.default,
      profile: writeTo === undefined ? undefined : { name: writeTo, settings: profile.carried },
    });
  }
  return { nodes: [...nodes.values()], delivered };
}

/** The selected profiles and their source profiles, in the order of the list. */
function neededFor({ entries, selected }: ProfileList): readonly PlannedProfile[] {
  const needed = new Set(selected);
  for (const { name, source } of entries.toReversed()) {
    if (needed.has(name) && source.kind === 'profile') needed.add(source.name);
  }
  return entries.filter(({ name }) => needed.has(name));
}

interface Origin {
  readonly source: NodeSource;
  readonly inherited: readonly string[];
}

function originOf({ source }: PlannedProfile, planned: ReadonlyMap<string, PlannedSession>): Origin {
  if (source.kind === 'identity') return { source, inherited: [] };
  const parent = planned.get(source.name);
  if (parent === undefined) throw new TypeError(`the list has ${source.name} after a profile that needs it`);
  return { source: { kind: 'node', id: parent.node.id }, inherited: parent.passedOn };
}
