import { DEFAULT_DURATION, forHop, SOURCE_DURATION } from '../aws/durations.ts';
import type { Config, IdentityConfig, ProfilesConfig } from '../config/config.ts';
import type { ProfileConfig } from '../config/profiles-config.ts';
import type { Delivered, NodeSource, Plan, PlanNode, RoleSessionRequest } from './plan.ts';

/**
 * The plan of `profiles`: one node for each role that is assumed with the same request from the same source, so that
 * what several profiles share is asked for once. Profiles that only lead to others last as short as STS allows.
 */
export function planFromProfiles(config: Config, profiles: ProfilesConfig): Plan {
  const nodes = new Map<string, PlanNode>();
  const nodeOf = new Map<string, string>();
  const inherited = new Map<string, ReadonlySet<string>>();
  const selected = new Set(profiles.selected);

  for (const profile of neededFor(profiles)) {
    const { source } = profile;
    const passedOn =
      source.kind === 'profile' ? (inherited.get(source.name) ?? new Set<string>()) : new Set<string>();
    const from: NodeSource =
      source.kind === 'profile'
        ? { kind: 'node', id: nodeOf.get(source.name) ?? '' }
        : { kind: 'identity', identity: identityOf(source, config, profiles) };
    const request = requestOf(profile, from, selected.has(profile.name), passedOn, config);
    const key = JSON.stringify([from, request]);
    if (!nodes.has(key)) nodes.set(key, { id: profile.name, source: from, request });
    nodeOf.set(profile.name, nodes.get(key)?.id ?? profile.name);
    inherited.set(
      profile.name,
      new Set([...passedOn, ...profile.transitiveTagKeys.map((tag) => tag.toLowerCase())]),
    );
  }

  const delivered = profiles.entries
    .filter(({ name }) => selected.has(name))
    .map(
      ({ name, region, carried }): Delivered => ({
        node: nodeOf.get(name) ?? name,
        region: region ?? config.region,
        isDefault: name === profiles.default,
        profile: { name, settings: carried },
      }),
    );
  return { nodes: [...nodes.values()], delivered };
}

/** The selected profiles and their sources, in the order of the entries. */
function neededFor({ entries, selected }: ProfilesConfig): readonly ProfileConfig[] {
  const needed = new Set(selected);
  for (const { name, source } of [...entries].reverse()) {
    if (needed.has(name) && source.kind === 'profile') needed.add(source.name);
  }
  return entries.filter(({ name }) => needed.has(name));
}

function identityOf(
  source: Exclude<ProfileConfig['source'], { kind: 'profile' }>,
  { identity }: Config,
  { oidc }: ProfilesConfig,
): IdentityConfig {
  switch (source.kind) {
    case 'inputs':
      return identity;
    case 'github-oidc':
      return oidc;
    case 'ambient':
      return { kind: 'ambient', insteadOfOidc: false, ignoreVariables: false };
    case 'web-identity-file':
      return source;
  }
}

function requestOf(
  profile: ProfileConfig,
  from: NodeSource,
  delivered: boolean,
  inherited: ReadonlySet<string>,
  { session }: Config,
): RoleSessionRequest {
  const wished = profile.duration ?? session.duration ?? DEFAULT_DURATION;
  const { role, inlinePolicy, policyArns } = profile;
  const duration = !delivered ? SOURCE_DURATION : from.kind === 'node' ? forHop(wished) : wished;
  const common = { role, inlinePolicy, policyArns, duration };
  const sessionName = profile.sessionName ?? session.name;
  if (from.kind === 'identity' && from.identity.kind === 'saml')
    return { operation: 'AssumeRoleWithSAML', ...common };
  if (
    from.kind === 'identity' &&
    (from.identity.kind === 'github-oidc' || from.identity.kind === 'web-identity-file')
  ) {
    return { operation: 'AssumeRoleWithWebIdentity', ...common, sessionName };
  }
  const { mfaSerial: serial } = profile;
  const isInherited = (key: string) => inherited.has(key.toLowerCase());
  return {
    operation: 'AssumeRole',
    ...common,
    sessionName,
    externalId: profile.externalId,
    sourceIdentity: profile.sourceIdentity ?? session.sourceIdentity,
    tags: (profile.tags ?? session.tags).filter(({ key }) => !isInherited(key)),
    transitiveTagKeys: profile.transitiveTagKeys.filter((key) => !isInherited(key)),
    mfa:
      serial === undefined || session.mfaCode === undefined ? undefined : { serial, code: session.mfaCode },
  };
}
