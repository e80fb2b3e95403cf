/**
 * The limits of AWS that are checked before a request is sent, each with the page that states it. Lengths are in
 * characters, durations in seconds.
 */

/** A text of `min` to `max` characters. */
export interface TextLimit {
  readonly min: number;
  readonly max: number;
  readonly pattern: RegExp;
}

function textLimit(characters: string, min: number, max: number, suffix = ''): TextLimit {
  return { min, max, pattern: new RegExp(`^${characters}{${min},${max}}${suffix}$`) };
}

/** STS API Reference, AssumeRole, RoleSessionName. */
export const SESSION_NAME = textLimit('[\\w+=,.@-]', 2, 64);

/** STS API Reference, AssumeRole, SourceIdentity. */
export const SOURCE_IDENTITY = textLimit('[\\w+=,.@-]', 2, 64);

/** STS API Reference, AssumeRole, ExternalId. */
export const EXTERNAL_ID = textLimit('[\\w+=,.@:/-]', 2, 1224);

/** STS API Reference, GetFederationToken, Name. */
export const FEDERATION_NAME = textLimit('[\\w+=,.@-]', 2, 32);

/** STS API Reference, AssumeRole, SerialNumber. */
export const MFA_SERIAL = textLimit('[\\w+=/:,.@-]', 9, 256);

/** STS API Reference, AssumeRole, TokenCode. */
export const MFA_CODE = textLimit('\\d', 6, 6);

/** STS API Reference, AssumeRoleWithSAML, SAMLAssertion: base64. */
export const SAML_ASSERTION = textLimit('[A-Za-z0-9+/]', 4, 100_000, '={0,2}');

/** IAM API Reference, AddClientIDToOpenIDConnectProvider, ClientID: an audience. */
export const AUDIENCE = textLimit('[!-~]', 1, 255);

/** IAM User Guide, "IAM and AWS STS quotas". */
export const MAX_ROLE_NAME_LENGTH = 64;
export const MAX_ROLE_PATH_LENGTH = 512;

/** STS API Reference, AssumeRole, Policy. */
export const MAX_INLINE_POLICY_CHARACTERS = 2048;

/** STS API Reference, AssumeRole, PolicyArns. */
export const MAX_MANAGED_POLICIES = 10;

/** STS API Reference, AssumeRole, Tags. */
export const MAX_SESSION_TAGS = 50;

/** STS API Reference, Tag. */
export const MAX_TAG_KEY_LENGTH = 128;
export const MAX_TAG_VALUE_LENGTH = 256;

/** STS API Reference, AssumeRole, GetSessionToken and GetFederationToken, DurationSeconds. */
export const MIN_SESSION_SECONDS = 900;

/** STS API Reference, AssumeRole, DurationSeconds. A role can allow less. */
export const MAX_ROLE_SECONDS = 43_200;

/** IAM User Guide, "Methods to assume a role": sessions obtained by role chaining. */
export const MAX_CHAINED_SECONDS = 3600;

/** STS API Reference, GetSessionToken and GetFederationToken, DurationSeconds. */
export const MAX_USER_SECONDS = 129_600;
