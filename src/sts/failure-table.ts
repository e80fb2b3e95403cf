import { type Claims, textClaim } from '../identity/claims.ts';
import { type SessionRequest, targetOf } from '../plan/plan.ts';
import type { ErrorCode } from '../platform/errors.ts';
import type { FailureClass } from '../platform/retry.ts';
import { type Cause, type CauseId, callerPermission, SOURCE_IDENTITY, TAG_SESSION } from './cause.ts';

export interface StsCall {
  readonly request: SessionRequest;
  readonly endpoint: string;
  readonly region?: string;
  /** The claims of the token in the request; undefined without a token. */
  readonly claims?: Claims | undefined;
}

export type Text = string | ((call: StsCall) => string);

export type KnownFailure = {
  /** Error codes as STS returns them, without the suffix "Exception" of the SDK. */
  readonly names: readonly string[];
  /** Where one name has several meanings: the message with this meaning. */
  readonly text?: RegExp;
  /** Where the meaning depends on the operation. */
  readonly operations?: readonly SessionRequest['operation'][];
  readonly code: ErrorCode;
  readonly problem: Text;
  readonly expected?: Text;
  readonly remedy: Text;
  /** The cause that the answer names; the remedy is what to check. Without it, a diagnosis has to find the cause. */
} & (
  | { readonly cause: CauseId; readonly likely: Text }
  | { readonly cause?: never; readonly likely?: never }
);

export const target = ({ request }: StsCall) => targetOf(request);
const account = ({ request }: StsCall) => ('role' in request ? request.role.accountId : 'of the caller');
const isOfStore = ({ request }: StsCall) => 'role' in request && request.role.accountId === '';

/** What a code means for another attempt; `final` for the others. */
export const FAILURE_CLASSES: Partial<Record<ErrorCode, FailureClass>> = {
  STS_ACCESS_DENIED: 'propagation',
  STS_PROVIDER_UNREACHABLE: 'transient',
  STS_THROTTLED: 'throttled',
};

const naming = ({ id, why, check }: Cause) => ({ cause: id, likely: why, remedy: check });

const CHECK_CLOCK = 'Compare `date -u` on the runner with the correct time, and start its time service.';

/**
 * What STS returns (STS API Reference, "Errors" of each operation, and "Common Errors"). The first row that matches
 * counts. Only this table reads the messages of STS, and only where the name does not identify the cause.
 */
const FAILURES: readonly KnownFailure[] = [
  {
    names: ['AccessDenied'],
    text: /sts:TagSession/,
    code: 'STS_ACCESS_DENIED',
    problem: (call) => `STS denied the session tags for ${target(call)}.`,
    expected: 'a trust policy and a caller that allow sts:TagSession in addition to sts:AssumeRole',
    ...naming(TAG_SESSION),
  },
  {
    names: ['AccessDenied'],
    text: /sts:SetSourceIdentity/,
    code: 'STS_ACCESS_DENIED',
    problem: (call) => `STS denied the source identity for ${target(call)}.`,
    expected: 'a trust policy and a caller that allow sts:SetSourceIdentity in addition to sts:AssumeRole',
    ...naming(SOURCE_IDENTITY),
  },
  {
    names: ['AccessDenied'],
    text: /MultiFactorAuthentication/i,
    code: 'STS_MFA_REFUSED',
    problem: (call) => `STS rejected the MFA code for ${target(call)}.`,
    expected: 'the current code of the device, not used before',
    cause: 'mfa-code',
    likely: 'the code is wrong, or was used before',
    remedy:
      "Check mfa-serial, the secret of the device, and the runner's clock. AWS accepts each code once: wait 30 seconds between two requests with the same device.",
  },
  {
    names: ['AccessDenied'],
    operations: ['AssumeRoleWithWebIdentity', 'AssumeRoleWithSAML'],
    code: 'STS_ACCESS_DENIED',
    problem: (call) => `STS did not allow this job to assume ${target(call)}.`,
    expected: (call) =>
      `a role with this name in account ${account(call)}, and a trust policy that allows sts:${call.request.operation} for the identity of the job`,
    remedy:
      "Compare the conditions of the role's trust policy with the claims of the token. Check account, path, and name in the role's ARN.",
  },
  {
    // IAM User Guide, "Troubleshoot access denied error messages".
    names: ['AccessDenied'],
    text: /identity-based policy|session policy|permissions boundary|service control policy/,
    operations: ['AssumeRole'],
    code: 'STS_ACCESS_DENIED',
    problem: (call) => `The policies of the caller do not allow it to assume ${target(call)}.`,
    expected: (call) => `a caller whose policies allow sts:AssumeRole on ${target(call)}`,
    cause: 'caller-permission',
    likely: (call) => callerPermission(target(call)).why,
    remedy: (call) => callerPermission(target(call)).check,
  },
  {
    names: ['AccessDenied'],
    operations: ['AssumeRole'],
    code: 'STS_ACCESS_DENIED',
    problem: (call) => `STS did not allow the caller to assume ${target(call)}.`,
    expected: (call) =>
      isOfStore(call)
        ? 'a caller that the store allows to assume the role'
        : `a role with this name in account ${account(call)}, a trust policy that allows sts:AssumeRole for the caller, and policies of the caller that allow sts:AssumeRole on the role`,
    remedy: (call) =>
      isOfStore(call)
        ? 'Check the policies in the store. MinIO lets no temporary credentials assume a role: remove role-chain.'
        : "Check both sides: the role's trust policy, including the external ID, and the permissions of the caller.",
  },
  {
    names: ['AccessDenied'],
    code: 'STS_ACCESS_DENIED',
    problem: (call) => `STS denied ${call.request.operation}.`,
    expected: 'the long-lived keys of an IAM user, since temporary credentials cannot call this operation',
    remedy: (call) => `Check that the policies of the user allow sts:${call.request.operation}.`,
  },
  {
    names: ['InvalidIdentityToken'],
    text: /No OpenIDConnect provider/i,
    code: 'STS_PROVIDER_NOT_FOUND',
    problem: (call) => `Account ${account(call)} has no OIDC identity provider for the token's issuer.`,
    expected: "an IAM identity provider whose URL is the token's issuer",
    cause: 'provider-missing',
    likely: (call) =>
      `the provider with the URL ${textClaim(call.claims, 'iss')} was not created in account ${account(call)}`,
    remedy: (call) =>
      `Run \`aws iam list-open-id-connect-providers\` in account ${account(call)}, and create the provider; or correct the account in the role's ARN.`,
  },
  {
    names: ['InvalidIdentityToken'],
    text: /audience/i,
    code: 'STS_AUDIENCE_REFUSED',
    problem: (call) =>
      `The identity provider in account ${account(call)} does not accept the token's audience.`,
    expected: 'an audience that the identity provider lists as a client ID',
    cause: 'audience-of-provider',
    likely: (call) =>
      `the identity provider does not list the audience ${textClaim(call.claims, 'aud')} as a client ID`,
    remedy:
      'Add the audience with `aws iam add-client-id-to-open-id-connect-provider`, or set the input audience to a client ID of the provider.',
  },
  {
    names: ['InvalidIdentityToken'],
    code: 'STS_TOKEN_INVALID',
    problem: (call) => `STS rejected the identity token for ${target(call)}.`,
    expected: "a token signed with a key in the issuer's JWKS document",
    cause: 'token-signature',
    likely: "no key in the issuer's JWKS document matches the token's signature",
    remedy:
      "Check that the identity provider's URL is the token's issuer. On a server other than github.com, check that AWS can fetch its JWKS document.",
  },
  {
    names: ['ExpiredToken'],
    operations: ['AssumeRoleWithWebIdentity', 'AssumeRoleWithSAML'],
    code: 'STS_TOKEN_EXPIRED',
    problem: 'STS reports that the token or assertion has expired.',
    expected: 'a token that has not expired; GitHub issues tokens for about five minutes',
    cause: 'clock',
    likely:
      "the runner's clock is slow, so an expired token seemed to be fresh; or the token file or the assertion is old",
    remedy: `${CHECK_CLOCK} If you use a token file or an assertion, check that it is new.`,
  },
  {
    names: ['ExpiredToken'],
    code: 'STS_CREDENTIALS_EXPIRED',
    problem: (call) => `The credentials of the request for ${target(call)} have expired.`,
    expected: 'credentials that have not expired',
    cause: 'credentials-expired',
    likely: 'the credentials of the caller expired before this request',
    remedy:
      "Obtain the credentials in the same job, shortly before, or set refresh for them. Check the runner's clock.",
  },
  {
    names: ['IDPCommunicationError'],
    code: 'STS_PROVIDER_UNREACHABLE',
    problem: "STS could not reach the token's issuer to fetch its keys.",
    expected: 'an issuer whose discovery and JWKS documents AWS can fetch over the internet',
    cause: 'issuer-unreachable',
    likely: 'the issuer is down, or not reachable over the internet',
    remedy: (call) =>
      `Open ${textClaim(call.claims, 'iss')}/.well-known/openid-configuration from outside your network; it must need no login. Run the job again.`,
  },
  {
    names: ['IDPRejectedClaim'],
    code: 'STS_CLAIM_REJECTED',
    problem: 'The identity provider rejected the claims of the token.',
    expected: 'claims that the identity provider still accepts',
    remedy: 'Compare the claims of the token with those that the provider accepts. Run the job again.',
  },
  {
    names: ['MalformedPolicyDocument'],
    code: 'STS_POLICY_MALFORMED',
    problem: 'The session policy is not valid (inline-session-policy).',
    expected: 'an IAM policy document without Principal',
    remedy: 'Check the policy with `aws accessanalyzer validate-policy --policy-type IDENTITY_POLICY`.',
  },
  {
    names: ['PackedPolicyTooLarge'],
    code: 'STS_POLICY_TOO_LARGE',
    problem: 'The session policies and session tags together are too large.',
    expected: 'at most 100 percent of the packed size that STS allows',
    cause: 'packed-size',
    likely: 'session policies and session tags share one limit; the response of STS has the percentage',
    remedy:
      'Shorten inline-session-policy or move it to a managed policy, name fewer managed-session-policies, or send fewer tags (none with role-skip-session-tagging: true).',
  },
  {
    names: ['RegionDisabled'],
    code: 'STS_REGION_DISABLED',
    problem: (call) => `STS is not active in this region for account ${account(call)}.`,
    expected: 'a region that the account has enabled',
    cause: 'region-disabled',
    likely: (call) => `account ${account(call)} has not enabled the region`,
    remedy: 'Enable the region in the account settings, or choose another aws-region.',
  },
  {
    names: ['ValidationError'],
    text: /role chaining/,
    code: 'STS_DURATION_TOO_LONG',
    problem: (call) => `STS does not issue chained sessions of ${target(call)} for that long.`,
    expected: 'at most 3600 s (role-duration-seconds)',
    cause: 'chain-duration',
    likely: 'a session obtained by role chaining expires after one hour at most, whatever the role allows',
    remedy: 'Set role-duration-seconds to at most 3600. For longer jobs, set refresh.',
  },
  {
    names: ['ValidationError'],
    text: /DurationSeconds/,
    code: 'STS_DURATION_TOO_LONG',
    problem: (call) =>
      `STS does not issue sessions of ${target(call)} for that long (role-duration-seconds).`,
    expected: "at most the role's maximum session duration; at most 3600 s with role chaining",
    cause: 'role-duration',
    likely: "role-duration-seconds is more than the role's maximum session duration",
    remedy:
      'Lower role-duration-seconds, set it to max, or raise the limit with `aws iam update-role --max-session-duration`.',
  },
  {
    // As MinIO says it; others have only a part of the operations, too.
    names: ['InvalidParameterValue', 'InvalidAction', 'NotImplemented', 'UnsupportedOperation'],
    text: /unsupported action|not (implemented|supported)|could not find operation/i,
    code: 'STS_REQUEST_INVALID',
    problem: ({ request }) => `The service at the STS endpoint does not support ${request.operation}.`,
    expected: 'an STS that has this operation',
    remedy:
      'Check sts-endpoint. Access keys of a store that has no GetCallerIdentity can only be used with role-to-assume.',
  },
  {
    names: [
      'ValidationError',
      'InvalidParameterValue',
      'InvalidParameterCombination',
      'MissingParameter',
      'InvalidAction',
    ],
    code: 'STS_REQUEST_INVALID',
    problem: (call) => `STS rejected the request for ${target(call)} as not valid.`,
    remedy: 'Correct the input that the message names. If it names none, open an issue with the debug log.',
  },
  {
    names: ['InvalidClientTokenId', 'UnrecognizedClient', 'MissingAuthenticationToken'],
    code: 'STS_KEY_UNKNOWN',
    problem: (call) => `STS does not know the access key of the request for ${target(call)}.`,
    expected: 'an active access key, or a session of the same partition',
    cause: 'key-unknown',
    likely: 'the access key was deleted, is not active, or belongs to another partition',
    remedy: 'Check the key with `aws iam list-access-keys`. Temporary credentials need aws-session-token.',
  },
  {
    names: ['SignatureDoesNotMatch'],
    text: /Signature (expired|not yet current)/,
    code: 'STS_SIGNATURE_MISMATCH',
    problem: (call) => `STS rejected the time of the request for ${target(call)}.`,
    expected: 'a clock that is correct within five minutes',
    cause: 'clock',
    likely: "the runner's clock is more than five minutes off",
    remedy: CHECK_CLOCK,
  },
  {
    names: ['SignatureDoesNotMatch', 'IncompleteSignature'],
    code: 'STS_SIGNATURE_MISMATCH',
    problem: (call) => `STS rejected the signature of the request for ${target(call)}.`,
    expected: 'a signature made with the secret access key of this access key ID',
    cause: 'wrong-secret',
    likely: 'the secret access key does not belong to the access key ID, or a proxy changed the request',
    remedy:
      "Enter the secret access key again, without quotes and line breaks. Check the runner's clock, and proxies that rewrite requests.",
  },
  {
    names: ['Throttling', 'TooManyRequests', 'RequestLimitExceeded', 'RequestThrottled', 'SlowDown'],
    code: 'STS_THROTTLED',
    problem: (call) => `STS throttled the request for ${target(call)}.`,
    expected: 'fewer requests per second from this account and region',
    remedy: "Run fewer concurrent jobs (strategy.max-parallel), or use another region's endpoint.",
  },
];

/** The row for an error of the SDK; undefined for a name that STS is not known to return. */
export function knownFailure(name: string, message: string, call: StsCall): KnownFailure | undefined {
  return FAILURES.find(
    ({ names, operations, text }) =>
      names.some((candidate) => name === candidate || name === `${candidate}Exception`) &&
      (operations?.includes(call.request.operation) ?? true) &&
      (text?.test(message) ?? true),
  );
}
