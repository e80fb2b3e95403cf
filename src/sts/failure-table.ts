import { type SessionRequest, targetOf } from '../plan/plan.ts';
import type { ErrorCode } from '../platform/errors.ts';
import type { FailureClass } from '../platform/retry.ts';

/** What the text of an error says beyond its name. */
export type FailureHint =
  | 'tag-session'
  | 'source-identity'
  | 'caller-permission'
  | 'clock'
  | 'chain-duration';

/** The request that failed, as far as messages need it. */
export interface StsCall {
  readonly request: SessionRequest;
  readonly endpoint: string;
  /** The region that the endpoint is asked for. */
  readonly region?: string;
}

/** One thing that STS can answer. */
export interface KnownFailure {
  /** Error codes as STS sends them, without the SDK's "Exception" behind them. */
  readonly names: readonly string[];
  /** Where STS gives one name to several causes: what the text of this cause looks like. */
  readonly text?: RegExp;
  /** Where the name depends on what was asked. */
  readonly operations?: readonly SessionRequest['operation'][];
  readonly failure: FailureClass;
  readonly code: ErrorCode;
  /** What this row's text tells a diagnosis. */
  readonly hint?: FailureHint;
  readonly problem: (call: StsCall) => string;
  readonly expected?: (call: StsCall) => string;
  readonly remedy: (call: StsCall) => string;
}

/** What was asked for, in words. */
export const target = ({ request }: StsCall) => targetOf(request);
const account = ({ request }: StsCall) => ('role' in request ? request.role.accountId : 'of the caller');

/**
 * What STS can answer (STS API Reference, "Errors" of each operation, and "Common Errors"). The first row that fits
 * is taken. This is the one place where STS's wording is read, and only where its name leaves the cause open.
 */
const FAILURES: readonly KnownFailure[] = [
  {
    names: ['AccessDenied'],
    text: /sts:TagSession/,
    failure: 'propagation',
    code: 'STS_ACCESS_DENIED',
    hint: 'tag-session',
    problem: (call) => `STS refused to let session tags into ${target(call)}.`,
    expected: () => 'a trust policy that allows sts:TagSession beside sts:AssumeRole',
    remedy: () =>
      "Add sts:TagSession to the actions of the role's trust policy, or set role-skip-session-tagging: true.",
  },
  {
    names: ['AccessDenied'],
    text: /sts:SetSourceIdentity/,
    failure: 'propagation',
    code: 'STS_ACCESS_DENIED',
    hint: 'source-identity',
    problem: (call) => `STS refused to let the source identity into ${target(call)}.`,
    expected: () => 'a trust policy, and a caller, that allow sts:SetSourceIdentity beside sts:AssumeRole',
    remedy: () =>
      "Add sts:SetSourceIdentity to the role's trust policy and the caller's permissions, or remove source-identity.",
  },
  {
    names: ['AccessDenied'],
    text: /MultiFactorAuthentication/i,
    failure: 'final',
    code: 'STS_MFA_REFUSED',
    problem: (call) => `STS did not accept the MFA code for ${target(call)}.`,
    expected: () => 'a code that the device shows now, and that was not used before',
    remedy: () =>
      "Check mfa-serial and the secret of the device, and the runner's clock; wait 30 s before a code of the same device is used again.",
  },
  {
    names: ['AccessDenied'],
    operations: ['AssumeRoleWithWebIdentity', 'AssumeRoleWithSAML'],
    failure: 'propagation',
    code: 'STS_ACCESS_DENIED',
    problem: (call) => `STS refused to let this job assume ${target(call)}.`,
    expected: (call) =>
      `a role of that name in account ${account(call)} whose trust policy allows sts:${call.request.operation} for what was presented`,
    remedy: () =>
      "Compare the conditions of the role's trust policy with the claims in the group above; check account, path and name in the ARN.",
  },
  {
    // IAM User Guide, "Troubleshoot access denied error messages".
    names: ['AccessDenied'],
    text: /identity-based policy|session policy|permissions boundary|service control policy/,
    operations: ['AssumeRole'],
    failure: 'propagation',
    code: 'STS_ACCESS_DENIED',
    hint: 'caller-permission',
    problem: (call) => `The caller may not assume ${target(call)}: its own policies do not allow it.`,
    expected: (call) => `a caller whose policies allow sts:AssumeRole on ${target(call)}`,
    remedy: () => 'Add the statement to the policies of the role or user that asks.',
  },
  {
    names: ['AccessDenied'],
    operations: ['AssumeRole'],
    failure: 'propagation',
    code: 'STS_ACCESS_DENIED',
    problem: (call) => `STS refused the hop into ${target(call)}.`,
    expected: (call) =>
      `a role of that name in account ${account(call)} whose trust policy allows sts:AssumeRole for the caller, and a caller whose own policies allow sts:AssumeRole on it`,
    remedy: () =>
      "Check both sides: the target role's trust policy (external id included) and the permissions of the caller.",
  },
  {
    names: ['AccessDenied'],
    failure: 'propagation',
    code: 'STS_ACCESS_DENIED',
    problem: (call) => `STS refused ${call.request.operation}.`,
    expected: () => 'the long-lived keys of an IAM user; temporary credentials may not ask for this',
    remedy: (call) => `Check the policies of the user for sts:${call.request.operation}.`,
  },
  {
    names: ['InvalidIdentityToken'],
    text: /No OpenIDConnect provider/i,
    failure: 'final',
    code: 'STS_PROVIDER_NOT_FOUND',
    problem: (call) => `Account ${account(call)} has no OIDC identity provider for the token's issuer.`,
    expected: () => "an IAM identity provider whose URL is the token's issuer",
    remedy: (call) =>
      `Create the provider in account ${account(call)}, or correct the account in the role's ARN.`,
  },
  {
    names: ['InvalidIdentityToken'],
    text: /audience/i,
    failure: 'final',
    code: 'STS_AUDIENCE_REFUSED',
    problem: (call) =>
      `The identity provider in account ${account(call)} does not accept the token's audience.`,
    expected: () => 'an audience that the identity provider lists as a client ID',
    remedy: () => "Add the audience to the provider's client IDs, or set the input audience to one of them.",
  },
  {
    names: ['InvalidIdentityToken'],
    failure: 'final',
    code: 'STS_TOKEN_INVALID',
    problem: (call) => `STS did not accept the identity token for ${target(call)}.`,
    expected: () => "a token signed with a key that the issuer's JWKS document holds",
    remedy: () =>
      "Check that the identity provider's URL is the token's issuer and, on GHES, that AWS can reach its JWKS document.",
  },
  {
    names: ['ExpiredToken'],
    operations: ['AssumeRoleWithWebIdentity', 'AssumeRoleWithSAML'],
    failure: 'final',
    code: 'STS_TOKEN_EXPIRED',
    problem: () => 'STS says that the token or assertion has expired.',
    expected: () => 'a token within its life of about five minutes',
    remedy: () => "Check the runner's clock; run the job again.",
  },
  {
    names: ['ExpiredToken'],
    failure: 'final',
    code: 'STS_CREDENTIALS_EXPIRED',
    problem: (call) => `The credentials that asked for ${target(call)} have expired.`,
    expected: () => 'credentials within their life',
    remedy: () => "Check the runner's clock; obtain the calling credentials in the same job, shortly before.",
  },
  {
    names: ['IDPCommunicationError'],
    failure: 'transient',
    code: 'STS_PROVIDER_UNREACHABLE',
    problem: () => "STS could not reach the token's issuer to fetch its keys.",
    expected: () => 'an issuer whose discovery and JWKS documents AWS can fetch over the internet',
    remedy: () =>
      'Run the job again; on GHES, let AWS reach HOST/_services/token/.well-known/ without a login.',
  },
  {
    names: ['IDPRejectedClaim'],
    failure: 'final',
    code: 'STS_CLAIM_REJECTED',
    problem: () => 'The identity provider rejected the claim.',
    expected: () => 'an identity that its provider still vouches for',
    remedy: () => 'Compare the claims in the group above with what the provider allows; run the job again.',
  },
  {
    names: ['MalformedPolicyDocument'],
    failure: 'final',
    code: 'STS_POLICY_MALFORMED',
    problem: () => 'STS could not read the session policy (inline-session-policy).',
    expected: () => 'a policy document in IAM’s grammar, without Principal',
    remedy: () => 'Check the policy with `aws accessanalyzer validate-policy --policy-type IDENTITY_POLICY`.',
  },
  {
    names: ['PackedPolicyTooLarge'],
    failure: 'final',
    code: 'STS_POLICY_TOO_LARGE',
    problem: () => 'Session policies and session tags are too large together.',
    expected: () => 'at most 100 percent of the packed size that STS allows',
    remedy: () => 'Shorten inline-session-policy, name fewer managed-session-policies, or send fewer tags.',
  },
  {
    names: ['RegionDisabled'],
    failure: 'final',
    code: 'STS_REGION_DISABLED',
    problem: (call) => `STS is not active in this region for account ${account(call)}.`,
    expected: () => 'a region that the account has enabled',
    remedy: () => 'Enable the region in the account settings, or choose another aws-region.',
  },
  {
    names: ['ValidationError'],
    text: /role chaining/,
    failure: 'final',
    code: 'STS_DURATION_TOO_LONG',
    hint: 'chain-duration',
    problem: (call) =>
      `STS does not give ${target(call)} for that long: it is asked for by another role's session.`,
    expected: () => 'at most 3600 s (role-duration-seconds)',
    remedy: () => 'Lower role-duration-seconds to 3600; refresh renews the session as long as the job runs.',
  },
  {
    names: ['ValidationError'],
    text: /DurationSeconds/,
    failure: 'final',
    code: 'STS_DURATION_TOO_LONG',
    problem: (call) => `STS does not give ${target(call)} for that long (role-duration-seconds).`,
    expected: () => "at most the role's maximum session duration; 3600 s when another role's session asks",
    remedy: () => 'Lower role-duration-seconds, or raise MaxSessionDuration of the role.',
  },
  {
    names: [
      'ValidationError',
      'InvalidParameterValue',
      'InvalidParameterCombination',
      'MissingParameter',
      'InvalidAction',
    ],
    failure: 'final',
    code: 'STS_REQUEST_INVALID',
    problem: (call) => `STS found the request for ${target(call)} invalid.`,
    remedy: () =>
      'Correct the input that the answer names; if none is named, open an issue with the debug log.',
  },
  {
    names: ['InvalidClientTokenId', 'UnrecognizedClient', 'MissingAuthenticationToken'],
    failure: 'final',
    code: 'STS_KEY_UNKNOWN',
    problem: (call) => `STS does not know the access key that asked for ${target(call)}.`,
    expected: () => 'an active access key, or a session of the same partition',
    remedy: () =>
      'Check that the key exists, is active, belongs to this partition, and comes with its session token if it is temporary.',
  },
  {
    names: ['SignatureDoesNotMatch'],
    text: /Signature (expired|not yet current)/,
    failure: 'final',
    code: 'STS_SIGNATURE_MISMATCH',
    hint: 'clock',
    problem: (call) => `STS did not accept the time of the request for ${target(call)}.`,
    expected: () => 'a clock that is right within five minutes',
    remedy: () => "Correct the runner's clock.",
  },
  {
    names: ['SignatureDoesNotMatch', 'IncompleteSignature'],
    failure: 'final',
    code: 'STS_SIGNATURE_MISMATCH',
    problem: (call) => `STS did not accept the signature of the request for ${target(call)}.`,
    expected: () =>
      'a signature made with the key’s own secret, on a clock that is right within five minutes',
    remedy: () =>
      "Check the secret access key for missing or added characters, the runner's clock, and proxies that rewrite requests.",
  },
  {
    names: ['Throttling', 'TooManyRequests', 'RequestLimitExceeded', 'RequestThrottled', 'SlowDown'],
    failure: 'throttled',
    code: 'STS_THROTTLED',
    problem: (call) => `STS throttled the request for ${target(call)}.`,
    expected: () => 'fewer requests per second from this account and region',
    remedy: () => 'Start fewer jobs at once (strategy.max-parallel), or use another region’s endpoint.',
  },
];

/** The row for an error of the SDK; undefined for names that STS is not known to give. */
export function knownFailure(name: string, message: string, call: StsCall): KnownFailure | undefined {
  return FAILURES.find((candidate) => fits(candidate, name, message, call));
}

function fits(row: KnownFailure, name: string, message: string, { request }: StsCall): boolean {
  return (
    row.names.some((candidate) => name === candidate || name === `${candidate}Exception`) &&
    (row.operations?.includes(request.operation) ?? true) &&
    (row.text?.test(message) ?? true)
  );
}
