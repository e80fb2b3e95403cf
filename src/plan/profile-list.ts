import { completeRoles, isComplete, type RoleArn } from '../aws/arn.ts';
import type { Config, ProfilesConfig } from '../config/config.ts';
import type { ProfileConfig } from '../config/profile.ts';

/** A profile for the planner. Without a role, it is a session of the identity itself. */
export type PlannedProfile = Omit<ProfileConfig, 'role'> & { readonly role: RoleArn | undefined };

/** The profiles that become a plan, source profiles first. */
export type ProfileList = Pick<ProfilesConfig, 'selected' | 'default'> & {
  readonly entries: readonly PlannedProfile[];
  /** Names of profiles to obtain without delivering them. */
  readonly needed?: readonly string[];
};

/** Stands for the account of the credentials in a dry run: only STS knows it. */
export const UNKNOWN_ACCOUNT = 'ACCOUNT-ID';

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
  if (profiles !== undefined) return profiles;
  const complete = roles.every(isComplete)
    ? roles
    : completeRoles(roles, partition.id, await callerAccount()).filter(isComplete);
  return config.accounts === undefined ? listOfInputs(config, complete) : listOfCaller(config, complete);
}

/** The roles that lead to the caller of AWS Organizations, whose session is not delivered and has no policies. */
function listOfCaller(config: Config, roles: readonly RoleArn[]): ProfileList {
  if (roles.length === 0) return { entries: [], selected: [], default: undefined };
  const session = { ...config.session, inlinePolicy: undefined, policyArns: [] };
  const { entries, selected } = listOfInputs({ session }, roles);
  return { entries, selected: [], default: undefined, needed: selected };
}

/** The flat inputs as a chain of profiles. The last one is delivered, and only its session has the policies. */
function listOfInputs({ session }: Pick<Config, 'session'>, roles: readonly RoleArn[]): ProfileList {
  const chain = roles.length > 0 ? roles : [undefined];
  const nameAt = (index: number) => `session ${index + 1}`;
  const last = nameAt(chain.length - 1);
  const entries = chain.map((role, index): PlannedProfile => {
    const { inlinePolicy, policyArns, externalId, mfaSerial, transitiveTagKeys } = session;
    const name = nameAt(index);
    return {
      name,
      role,
      source: index === 0 ? { kind: 'inputs' } : { kind: 'profile', name: nameAt(index - 1) },
      externalId,
      mfaSerial,
      inlinePolicy: name === last ? inlinePolicy : undefined,
      policyArns: name === last ? policyArns : [],
      transitiveTagKeys,
      carried: [],
    };
  });
  return { entries, selected: [last], default: last };
}
