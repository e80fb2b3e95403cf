import type { BareRole, RoleArn } from '../aws/arn.ts';
import type { Credentials } from '../aws/credentials.ts';
import type { SessionDuration } from '../aws/durations.ts';
import type { EndpointChoice } from '../aws/endpoints.ts';
import type { MfaDevice } from '../aws/mfa.ts';
import type { Partition } from '../aws/partitions.ts';
import type { SessionTag } from '../aws/tags.ts';
import type { RefusalPolicy } from '../platform/retry.ts';
import type { ProfileConfig } from './profile.ts';

/** Everything a run depends on that the user chose, read once. */
export interface Config {
  readonly region: string;
  readonly partition: Partition;
  readonly identity: IdentityConfig;
  /** The role that the identity assumes, then those assumed one from the other; none to use the identity itself. */
  readonly roles: readonly (RoleArn | BareRole)[];
  readonly session: SessionConfig;
  /** The graph of `profiles`, in place of `roles`. */
  readonly profiles: ProfilesConfig | undefined;
  /** Sessions asked for at the same time, at the most. */
  readonly maxParallel: number;
  readonly guards: GuardConfig;
  readonly delivery: DeliveryConfig;
  readonly sts: StsConfig;
  /** Deliver nothing when the environment has a valid session already. */
  readonly useExisting: boolean;
  /** Neither role nor identity was chosen: as meant by few, and as left by a variable that is not set. */
  readonly roleMayBeMissing: boolean;
  readonly dryRun: boolean;
  /** Files with the trust policies of the roles, in their order; for a check before anything is asked of AWS. */
  readonly trustPolicies: readonly string[];
  /** For what GitHub's API tells a diagnosis; empty for none. */
  readonly gitHubToken: string;
  /** Say so when a job is about to get credentials whose trigger often runs code of others. */
  readonly warnOnPrivilegedTrigger: boolean;
  /** Seconds for the whole action; 0 for no limit. */
  readonly timeoutSeconds: number;
  /** Tries of one request, the first included. */
  readonly maxAttempts: number;
  /** Tries of a request that STS refuses, besides. */
  readonly refusals: RefusalPolicy;
}

/** Where the proof comes from that the first session starts with. */
export type IdentityConfig =
  | {
      readonly kind: 'github-oidc';
      readonly audience: string;
      /** Tried when the provider refuses `audience`; undefined when the user chose that. */
      readonly otherAudience: string | undefined;
    }
  | { readonly kind: 'web-identity-file'; readonly path: string }
  | { readonly kind: 'static'; readonly credentials: Credentials }
  | {
      readonly kind: 'ambient';
      /** No identity was chosen, and OIDC would have been taken if the job had the permission. */
      readonly insteadOfOidc: boolean;
      /** Leave the keys in environment variables out of the search. */
      readonly ignoreVariables: boolean;
    }
  | { readonly kind: 'saml'; readonly assertion: string; readonly providerArn: string };

export interface ProfilesConfig {
  /** Sources before those that need them. */
  readonly entries: readonly ProfileConfig[];
  /** The names of those to deliver. */
  readonly selected: readonly string[];
  /** The one that variables and outputs get. */
  readonly default: string | undefined;
  /** Deliver what could be obtained when something could not. */
  readonly allowPartial: boolean;
  /** The job's own OIDC token, for profiles that start from it whatever the inputs say. */
  readonly oidc: IdentityConfig;
}

export interface SessionConfig {
  /** What to ask of STS for an identity without a role. */
  readonly operation: 'get-caller-identity' | 'get-session-token' | 'get-federation-token';
  readonly name: string;
  readonly federationName: string;
  /** Undefined leaves it to the default of an hour. */
  readonly duration: SessionDuration | undefined;
  readonly externalId: string | undefined;
  readonly sourceIdentity: string | undefined;
  readonly inlinePolicy: string | undefined;
  readonly policyArns: readonly string[];
  readonly tags: readonly SessionTag[];
  readonly transitiveTagKeys: readonly string[];
  /** Keys that were wished among these, of tags about the job that this event has no value for. */
  readonly absentTagKeys: readonly string[];
  /** The device whose code goes with the first request, where the roles are those of the inputs. */
  readonly mfaSerial: string | undefined;
  readonly mfaCode: MfaDevice['code'] | undefined;
  /** Ask again until the secret access key has letters and digits only. */
  readonly plainSecret: boolean;
}

export interface GuardConfig {
  /** Undefined when any account is welcome. */
  readonly allowedAccountIds: readonly string[] | undefined;
  readonly minimumRemainingSeconds: number | undefined;
}

/** Whether sessions are renewed for later steps: not at all, by a credential process, or by a broker on loopback. */
export type RefreshMode = 'off' | 'process' | 'broker';

export interface DeliveryConfig {
  readonly refresh: RefreshMode;
  /** Later steps are the default session: its keys or where to get them are in their environment. */
  readonly environment: boolean;
  /** The environment may hold keys, and the region with them. `default-profile` alone exports its name instead. */
  readonly keys: boolean;
  /** Set the credentials as outputs. */
  readonly outputs: boolean;
  /** Export the region to later steps; undefined to do so exactly where it goes with keys. */
  readonly region: boolean | undefined;
  /** Write the credentials into a profile of this name. */
  readonly profile: string | undefined;
  /** Replace profiles of the same name until the job ends. */
  readonly overwriteProfiles: boolean;
  /** Write a table of the sessions into the job's summary. */
  readonly summary: boolean;
  /** Clear credentials and region of the environment where nothing replaces them. */
  readonly unsetCurrent: boolean;
  readonly maskAccountId: boolean;
  readonly maskAccessKeyId: boolean;
}

export interface StsConfig extends EndpointChoice {
  readonly proxy: { readonly httpProxy: URL | undefined; readonly noProxy: string | undefined };
}
