import type { RoleArn } from '../aws/arn.ts';
import type { SessionDuration } from '../aws/durations.ts';
import type { SessionPolicies } from '../aws/policies.ts';
import type { SessionTag } from '../aws/tags.ts';

/** One profile of `profiles`: the settings of its section. Undefined settings have the value of the input. */
export interface ProfileConfig extends SessionPolicies {
  readonly name: string;
  readonly role: RoleArn;
  readonly source: ProfileSource;
  readonly region: string | undefined;
  readonly sessionName: string | undefined;
  readonly duration: SessionDuration | undefined;
  /** Undefined for none. */
  readonly externalId: string | undefined;
  readonly sourceIdentity: string | undefined;
  /** Undefined for none. */
  readonly mfaSerial: string | undefined;
  readonly tags: readonly SessionTag[] | undefined;
  readonly transitiveTagKeys: readonly string[];
  /** Settings that the action does not read, as they go into the written profile. */
  readonly carried: readonly (readonly [key: string, value: string])[];
}

/** The origin of the session that assumes a profile's role. */
export type ProfileSource =
  | { readonly kind: 'profile'; readonly name: string }
  /** The identity of the inputs. */
  | { readonly kind: 'inputs' }
  | { readonly kind: 'github-oidc' }
  | { readonly kind: 'ambient' }
  | { readonly kind: 'web-identity-file'; readonly path: string };
