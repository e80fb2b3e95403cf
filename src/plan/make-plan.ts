import type { Config, IdentityConfig } from '../config/config.ts';
import type { ProfileSource } from '../config/profile.ts';
import type { Delivered, NodeSource, Plan, PlanNode, SessionRequest } from './plan.ts';
import type { PlannedProfile, ProfileList } from './profile-list.ts';
import { sessionRequest } from './session-request.ts';

/** The plan for the selected profiles and their sources. Profiles with the same request and source share a session. */
export function makePlan(list: ProfileList, config: Config): Plan {
  const nodes = new Map<string, PlanNode>();
  /** By profile: its node, and the keys of the tags that sessions obtained with it inherit. */
  const planned = new Map<string, { readonly id: string; readonly passedOn: readonly string[] }>();
  const delivered: Delivered[] = [];
  const selected = new Set(list.selected);

  const nodeFor = (id: string, source: NodeSource, request: SessionRequest): PlanNode => {
    const key = JSON.stringify([source, request]);
    const node = nodes.get(key) ?? { id, source, request };
    nodes.set(key, node);
    return node;
  };

  /** The source of a profile that has no source profile: its identity, or its own session without tags. */
  const sourceOf = (profile: PlannedProfile): NodeSource => {
    const identity = { kind: 'identity', identity: identityOf(profile.source, config) } as const;
    const untagged = untaggedRequest(profile, identity, config);
    if (untagged === undefined) return identity;
    return { kind: 'node', id: nodeFor(`${profile.name} (without tags)`, identity, untagged).id };
  };

  for (const profile of neededFor(list)) {
    const { name, region, unit, carried: settings } = profile;
    const parent = profile.source.kind === 'profile' ? planned.get(profile.source.name) : undefined;
    const source = parent === undefined ? sourceOf(profile) : ({ kind: 'node', id: parent.id } as const);
    const inherited = parent?.passedOn ?? [];
    const isDelivered = selected.has(name);
    const request = sessionRequest(profile, { source, inherited, isDelivered }, config.session);
    const node = nodeFor(name, source, request);
    const sent = request.operation === 'AssumeRole' ? request.transitiveTagKeys : [];
    planned.set(name, { id: node.id, passedOn: [...inherited, ...sent] });
    if (!isDelivered) continue;
    const writeTo = config.profiles === undefined ? config.delivery.profile : name;
    delivered.push({
      node: node.id,
      region: region ?? config.region,
      isDefault: name === list.default,
      profile: writeTo === undefined ? undefined : { name: writeTo, settings },
      unit,
    });
  }
  return { nodes: [...nodes.values()], delivered };
}

/**
 * The request for the session with which a role assumes itself to get session tags (`tag-oidc-session`): short, and without
 * session policies, which could deny just that. Undefined for a profile that does not start from an OIDC token.
 */
function untaggedRequest(
  profile: PlannedProfile,
  source: Extract<NodeSource, { kind: 'identity' }>,
  { session }: Config,
): SessionRequest | undefined {
  const isOfToken = ['github-oidc', 'web-identity-file'].includes(source.identity.kind);
  if (!session.tagsOidcSession || !isOfToken) return undefined;
  const plain = { ...profile, inlinePolicy: undefined, policyArns: [] };
  return sessionRequest(plain, { source, inherited: [], isDelivered: false }, session);
}

/** The selected and needed profiles and their source profiles, in the order of the list. */
function neededFor({ entries, selected, needed: others = [] }: ProfileList): readonly PlannedProfile[] {
  const needed = new Set([...selected, ...others]);
  for (const { name, source } of entries.toReversed()) {
    if (needed.has(name) && source.kind === 'profile') needed.add(source.name);
  }
  return entries.filter(({ name }) => needed.has(name));
}

function identityOf(source: ProfileSource, { identity, profiles }: Config): IdentityConfig {
  switch (source.kind) {
    case 'inputs':
      return identity;
    case 'github-oidc':
      return profiles?.oidc ?? identity;
    case 'ambient':
      return { kind: 'ambient', insteadOfOidc: false, ignoreVariables: false };
    case 'web-identity-file':
      return source;
    case 'profile':
      throw new TypeError(`the list has ${source.name} after a profile that needs it`);
  }
}
