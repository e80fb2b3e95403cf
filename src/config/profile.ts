import type { RoleArn } from '../aws/arn.ts';
import type { SessionDuration } from '../aws/durations.ts';
import type { Partition } from '../aws/partitions.ts';
import type { SessionPolicies } from '../aws/session.ts';
import type { SessionTag } from '../aws/tags.ts';

/** One profile of `profiles`: the settings of its section. Undefined settings have the value of the input. */
export interface ProfileConfig extends SessionPolicies {
  readonly name: string;
  /** For a pull request, `role_arn_for_pull_requests`, if it is given. */
  readonly role: RoleArn;
  readonly hasRoleForPullRequests?: boolean;
  readonly source: ProfileSource;
  readonly region?: string | undefined;
  /** The organizational unit of the account, where it is known; the receipt groups by it. */
  readonly unit?: string | undefined;
  readonly sessionName?: string | undefined;
  readonly duration?: SessionDuration | undefined;
  readonly externalId: string | undefined;
  readonly sourceIdentity?: string | undefined;
  readonly mfaSerial: string | undefined;
  readonly tags?: readonly SessionTag[] | undefined;
  readonly transitiveTagKeys: readonly string[];
  /** Settings that the action does not read, as they go into the written profile. */
  readonly carried: readonly (readonly [key: string, value: string])[];
}

/** What decides about the roles of profiles. */
export interface RolesOfProfiles {
  readonly partition: Partition | undefined;
  readonly isForPullRequest: boolean;
}

/** The origin of the session that assumes a profile's role. */
export type ProfileSource =
  | { readonly kind: 'profile'; readonly name: string }
  | { readonly kind: 'inputs' }
  | { readonly kind: 'github-oidc' }
  | { readonly kind: 'ambient' }
  | { readonly kind: 'web-identity-file'; readonly path: string };

/** The settings that name a source; a profile has one of them at most. */
export const SOURCE_SETTINGS = ['source_profile', 'credential_source', 'web_identity_token_file'];

/** The setting with the role of a profile for pull requests. */
export const ROLE_FOR_PULL_REQUESTS = 'role_arn_for_pull_requests';

/** The settings that the action reads. All others go into the written profile unchanged. */
export const OWN_SETTINGS = new Set([
  ...SOURCE_SETTINGS,
  'role_arn',
  ROLE_FOR_PULL_REQUESTS,
  'external_id',
  'role_session_name',
  'duration_seconds',
  'mfa_serial',
  'region',
  'session_policy',
  'policy_arns',
  'session_tags',
  'transitive_tag_keys',
  'source_identity',
]);

/**
 * The form in which an error shows a text. The text of the input is already in the workflow. `profiles-file` can name
 * any file, so errors show only the length of its texts, and the names of settings.
 */
export function shownIn(input: string, text: string, found = text): string {
  const isPublic = input === 'profiles' || OWN_SETTINGS.has(text.toLowerCase());
  return isPublic ? found : `text of ${text.length} characters`;
}
