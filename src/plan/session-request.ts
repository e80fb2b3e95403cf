import { DEFAULT_DURATION, forRoleChaining, SOURCE_DURATION } from '../aws/durations.ts';
import { keyMatcher } from '../aws/tags.ts';
import type { IdentityConfig, SessionConfig } from '../config/config.ts';
import type { NodeSource, RoleSessionRequest, SessionRequest } from './plan.ts';
import type { PlannedProfile } from './profile-list.ts';

/** The operation by which each kind of identity assumes a role. */
const WITH_ROLE: Readonly<Record<IdentityConfig['kind'], RoleSessionRequest['operation']>> = {
  'github-oidc': 'AssumeRoleWithWebIdentity',
  'web-identity-file': 'AssumeRoleWithWebIdentity',
  saml: 'AssumeRoleWithSAML',
  static: 'AssumeRole',
  ambient: 'AssumeRole',
};

/** The operation without a role, by the input `operation`. */
const WITHOUT_ROLE = {
  'get-caller-identity': 'GetCallerIdentity',
  'get-session-token': 'GetSessionToken',
  'get-federation-token': 'GetFederationToken',
} as const satisfies Record<SessionConfig['operation'], SessionRequest['operation']>;

/** The place of a profile in the graph, with the keys of the tags that its session inherits. */
type Position = {
  readonly source: NodeSource;
  readonly inherited: readonly string[];
  readonly isDelivered: boolean;
};

/** The request for the session of a profile. A setting that the profile does not have comes from `inputs`. */
export function sessionRequest(
  profile: PlannedProfile,
  { source, inherited, isDelivered }: Position,
  inputs: SessionConfig,
): SessionRequest {
  const { role, inlinePolicy, policyArns, mfaSerial: serial } = profile;
  const isChained = source.kind === 'node';
  const wished = profile.duration ?? inputs.duration ?? DEFAULT_DURATION;
  const longest = isChained ? forRoleChaining(wished) : wished;
  const duration = isDelivered ? longest : SOURCE_DURATION;
  // The session of a role has no MFA device.
  const code = isChained ? undefined : inputs.mfaCode;
  const mfa = serial === undefined || code === undefined ? undefined : { serial, code };
  // STS rejects a tag that the session inherits (IAM User Guide, "Chaining roles with session tags").
  const isInherited = keyMatcher(inherited);
  const tags = (profile.tags ?? inputs.tags).filter(({ key }) => !isInherited(key));

  if (role === undefined) {
    const operation = WITHOUT_ROLE[inputs.operation];
    switch (operation) {
      case 'GetCallerIdentity':
        return { operation };
      case 'GetSessionToken':
        return { operation, duration, mfa };
      case 'GetFederationToken':
        return { operation, duration, name: inputs.federationName, inlinePolicy, policyArns, tags };
    }
  }
  const operation = isChained ? 'AssumeRole' : WITH_ROLE[source.identity.kind];
  const common = { role, inlinePolicy, policyArns, duration };
  const sessionName = profile.sessionName ?? inputs.name;
  switch (operation) {
    case 'AssumeRoleWithWebIdentity':
      return { operation, ...common, sessionName };
    case 'AssumeRoleWithSAML':
      return { operation, ...common };
    case 'AssumeRole':
      return {
        operation,
        ...common,
        sessionName,
        externalId: profile.externalId,
        sourceIdentity: profile.sourceIdentity ?? inputs.sourceIdentity,
        tags,
        transitiveTagKeys: profile.transitiveTagKeys.filter(keyMatcher(tags.map(({ key }) => key))),
        mfa,
      };
  }
}
