import type { BareRole, RoleArn } from '../aws/arn.ts';
import type { ContainerEndpoint } from '../aws/container-endpoints.ts';
import type { SessionDuration } from '../aws/durations.ts';
import type { EndpointChoice } from '../aws/endpoints.ts';
import type { Partition } from '../aws/partitions.ts';
import type { Credentials, MfaDevice } from '../aws/session.ts';
import type { SessionTag } from '../aws/tags.ts';
import type { RefusalPolicy } from '../platform/retry.ts';
import type { PullRequestVerdict } from '../platform/runner/pull-request.ts';
import type { AccountsConfig } from './accounts-config.ts';
import type { ProfileConfig } from './profile.ts';

export interface Config {
  readonly region: string;
  readonly partition: Partition;
  readonly identity: IdentityConfig;
  /**
   * The role that the identity assumes, then the roles of role chaining; empty to use the identity itself. For a pull
   * request, those of `role-for-pull-requests`, if it is given.
   */
  readonly roles: readonly (RoleArn | BareRole)[];
  /** What decided between the roles for pull requests and the others; undefined if all events get the same roles. */
  readonly roleChoice: PullRequestVerdict | undefined;
  readonly session: SessionConfig;
  readonly profiles: ProfilesConfig | undefined;
  /** Accounts to make profiles of, with the session of the last role. */
  readonly accounts: AccountsConfig | undefined;
  readonly maxParallel: number;
  readonly guards: GuardConfig;
  readonly delivery: DeliveryConfig;
  readonly sts: StsConfig;
  readonly useExisting: boolean;
  /** Neither a role nor an identity was chosen, which few intend: usually a variable or secret is not set. */
  readonly roleMayBeMissing: boolean;
  readonly dryRun: boolean;
  /** Files with the trust policies of the roles, in the order of the roles, to check before requests to AWS. */
  readonly trustPolicies: readonly string[];
  /** The token with which a diagnosis reads from GitHub's API; empty for none. */
  readonly gitHubToken: string;
  readonly warnOnPrivilegedTrigger: boolean;
  readonly timeoutSeconds: number;
  readonly maxAttempts: number;
  /** Whether throttled requests are retried until the deadline, and not only `maxAttempts` times. */
  readonly throttledUntilDeadline: boolean;
  readonly refusals: RefusalPolicy;
}

export type IdentityConfig =
  | {
      readonly kind: 'github-oidc';
      readonly audience: string;
      /** The audience to retry with if the provider rejects `audience`; undefined if the user chose that. */
      readonly otherAudience: string | undefined;
    }
  | { readonly kind: 'web-identity-file'; readonly path: string }
  | { readonly kind: 'static'; readonly credentials: Credentials }
  | {
      readonly kind: 'ambient';
      /** No identity was chosen, and it would be OIDC if the job had the permission. */
      readonly insteadOfOidc: boolean;
      readonly ignoreVariables: boolean;
    }
  | { readonly kind: 'saml'; readonly assertion: string; readonly providerArn: string };

export interface ProfilesConfig {
  /** Source profiles before the profiles that use them. */
  readonly entries: readonly ProfileConfig[];
  readonly selected: readonly string[];
  /** The profile that outputs describe and `AWS_PROFILE` names. */
  readonly default: string | undefined;
  readonly allowPartial: boolean;
  /** The job's own OIDC token, for profiles that start from it independently of the inputs. */
  readonly oidc: IdentityConfig;
}

export interface SessionConfig {
  readonly operation: 'get-caller-identity' | 'get-session-token' | 'get-federation-token';
  readonly name: string;
  readonly federationName: string;
  /** Undefined for the default of one hour. */
  readonly duration: SessionDuration | undefined;
  readonly externalId: string | undefined;
  readonly sourceIdentity: string | undefined;
  readonly inlinePolicy: string | undefined;
  readonly policyArns: readonly string[];
  readonly tags: readonly SessionTag[];
  readonly transitiveTagKeys: readonly string[];
  /** Transitive keys that are left out: they belong to tags about the job that this event has no value for. */
  readonly absentTagKeys: readonly string[];
  /** A role that an OIDC token assumes then assumes itself with the tags, which a request with a token cannot have. */
  readonly tagsOidcSession: boolean;
  /** The MFA device of the first request; with profiles, each profile has its own. */
  readonly mfaSerial: string | undefined;
  /** The code for the device, or for the devices of all profiles. */
  readonly mfaCode: MfaDevice['code'] | undefined;
  readonly plainSecret: boolean;
}

export interface GuardConfig {
  /** Undefined to allow any account. */
  readonly allowedAccountIds: readonly string[] | undefined;
  readonly minimumRemainingSeconds: number | undefined;
}

export interface DeliveryConfig {
  /** How later steps refresh sessions: not at all, by a credential process, or from a broker. */
  readonly refresh: 'off' | 'process' | 'broker';
  /** The address at which a broker listens. */
  readonly brokerAddress: ContainerEndpoint;
  /** Later steps use the default session without naming it. */
  readonly environment: boolean;
  /** The environment may contain keys, and the region with them. `default-profile` alone exports only its name. */
  readonly keys: boolean;
  readonly outputs: boolean;
  /** Export the region to later steps; undefined to export it together with keys. */
  readonly region: boolean | undefined;
  readonly profile: string | undefined;
  /** Replace profiles of the same name until the job ends. */
  readonly overwriteProfiles: boolean;
  readonly summary: boolean;
  /** Clear credentials and region in the environment where nothing replaces them. */
  readonly unsetCurrent: boolean;
  readonly maskAccountId: boolean;
  readonly maskAccessKeyId: boolean;
}

export interface StsConfig extends EndpointChoice {
  readonly proxy: { readonly httpProxy: URL | undefined; readonly noProxy: string | undefined };
}
