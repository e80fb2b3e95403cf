import { completeRoles, isComplete, type RoleArn } from '../aws/arn.ts';
import type { Config, IdentityConfig, ProfilesConfig } from '../config/config.ts';
import type { ProfileConfig, ProfileSource } from '../config/profile.ts';

/** A profile for the planner: one of `profiles`, or one session of the flat inputs. */
export interface PlannedProfile extends Omit<ProfileConfig, 'role' | 'source'> {
  /** Undefined for a session of the identity itself. */
  readonly role: RoleArn | undefined;
  readonly source:
    | { readonly kind: 'identity'; readonly identity: IdentityConfig }
    | { readonly kind: 'profile'; readonly name: string };
  /** The name of the profile in the shared config files; undefined to write none. */
  readonly writeTo: string | undefined;
}

/** The profiles that become a plan, source profiles first. */
export interface ProfileList extends Pick<ProfilesConfig, 'selected' | 'default'> {
  readonly entries: readonly PlannedProfile[];
}

/**
 * The profiles of a run: those of `profiles`, or the flat inputs as profiles.
 *
 * @param callerAccount looks up the account of the identity, for roles without an account
 * @throws ActionError what `callerAccount` throws
 */
export async function profileList(
  config: Config,
  callerAccount: () => Promise<string>,
): Promise<ProfileList> {
  const { profiles, roles, partition } = config;
  if (profiles !== undefined) return listOfProfiles(config, profiles);
  const complete = roles.every(isComplete)
    ? roles
    : completeRoles(roles, partition.id, await callerAccount()).filter(isComplete);
  return listOfInputs(config, complete);
}

function listOfProfiles(config: Config, profiles: ProfilesConfig): ProfileList {
  const entries = profiles.entries.map((profile): PlannedProfile => {
    const { name, source } = profile;
    const origin =
      source.kind === 'profile'
        ? source
        : ({ kind: 'identity', identity: identityOf(source, config, profiles) } as const);
    return { ...profile, source: origin, writeTo: name };
  });
  return { entries, selected: profiles.selected, default: profiles.default };
}

function identityOf(
  source: Exclude<ProfileSource, { kind: 'profile' }>,
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

/**
 * The flat inputs as profiles: a chain through `role-to-assume` and `role-chain`, or one profile without a role. The
 * last one is delivered, and only its session has the session policies.
 */
function listOfInputs({ identity, session, delivery }: Config, roles: readonly RoleArn[]): ProfileList {
  const chain = roles.length > 0 ? roles : [undefined];
  const nameAt = (index: number) => `session ${index + 1}`;
  const entries = chain.map((role, index): PlannedProfile => {
    const isLast = index === chain.length - 1;
    return {
      name: nameAt(index),
      role,
      source: index === 0 ? { kind: 'identity', identity } : { kind: 'profile', name: nameAt(index - 1) },
      region: undefined,
      sessionName: undefined,
      duration: undefined,
      externalId: session.externalId,
      sourceIdentity: undefined,
      mfaSerial: session.mfaSerial,
      inlinePolicy: isLast ? session.inlinePolicy : undefined,
      policyArns: isLast ? session.policyArns : [],
      tags: undefined,
      transitiveTagKeys: session.transitiveTagKeys,
      carried: [],
      writeTo: delivery.profile,
    };
  });
  const last = nameAt(chain.length - 1);
  return { entries, selected: [last], default: last };
}
