/** The limits of AWS that are checked before a request, with their pages; in characters and seconds. */

interface TextLimit {
  readonly min: number;
  readonly max: number;
  readonly pattern: RegExp;
}

function textLimit(characters: string, min: number, max: number, suffix = ''): TextLimit {
  return { min, max, pattern: new RegExp(`^${characters}{${min},${max}}${suffix}$`) };
}

/** STS API Reference, AssumeRole: RoleSessionName, SourceIdentity, ExternalId, SerialNumber and TokenCode. */
export const SESSION_NAME = textLimit('[\\w+=,.@-]', 2, 64);
export const SOURCE_IDENTITY = textLimit('[\\w+=,.@-]', 2, 64);
export const EXTERNAL_ID = textLimit('[\\w+=,.@:/-]', 2, 1224);
export const MFA_SERIAL = textLimit('[\\w+=/:,.@-]', 9, 256);
export const MFA_CODE = textLimit('\\d', 6, 6);
/** STS API Reference, GetFederationToken, Name. */
export const FEDERATION_NAME = textLimit('[\\w+=,.@-]', 2, 32);
/** STS API Reference, AssumeRoleWithSAML, SAMLAssertion: base64. */
export const SAML_ASSERTION = textLimit('[A-Za-z0-9+/]', 4, 100_000, '={0,2}');
/** IAM API Reference, AddClientIDToOpenIDConnectProvider, ClientID: an audience. */
export const AUDIENCE = textLimit('[!-~]', 1, 255);

/** IAM API Reference, CreateRole: RoleName and Path. */
export const MAX_ROLE_NAME_LENGTH = 64;
export const MAX_ROLE_PATH_LENGTH = 512;

/** STS API Reference, AssumeRole: Policy, PolicyArns and Tags. */
export const MAX_INLINE_POLICY_CHARACTERS = 2048;
export const MAX_MANAGED_POLICIES = 10;
export const MAX_SESSION_TAGS = 50;
/** STS API Reference, Tag. */
export const MAX_TAG_KEY_LENGTH = 128;
export const MAX_TAG_VALUE_LENGTH = 256;

/** STS API Reference, AssumeRole, DurationSeconds. A role can have a lower maximum. */
export const MIN_SESSION_SECONDS = 900;
export const MAX_ROLE_SECONDS = 43_200;
/** IAM User Guide, "Methods to assume a role": the maximum for role chaining. */
export const MAX_CHAINED_SECONDS = 3600;
/** STS API Reference, GetSessionToken and GetFederationToken, DurationSeconds. */
export const MAX_USER_SECONDS = 129_600;
