import { ActionError, type ErrorCode } from '../errors.ts';
import type { SessionRequest } from '../plan/plan.ts';
import type { FailureClass } from '../retry.ts';

/** A failed STS request: what it means for the user, and what it means for another try. */
export class StsFailure extends ActionError {
  readonly failure: FailureClass;
  constructor(failure: FailureClass, code: ErrorCode, details: ConstructorParameters<typeof ActionError>[1]) {
    super(code, details);
    this.failure = failure;
  }
}

/** The request that failed, as far as messages need it. */
export interface StsCall {
  readonly request: SessionRequest;
  readonly endpoint: string;
}

interface Row {
  /** Error codes as STS sends them, without the SDK's "Exception" behind them. */
  readonly names: readonly string[];
  /** Where STS gives one name to several causes: what the text of this cause looks like. */
  readonly text?: RegExp;
  /** Where the name depends on what was asked. */
  readonly operations?: readonly SessionRequest['operation'][];
  readonly failure: FailureClass;
  readonly code: ErrorCode;
  readonly problem: (call: StsCall) => string;
  readonly expected?: (call: StsCall) => string;
  readonly remedy: (call: StsCall) => string;
}

const role = ({ request }: StsCall) => request.role.arn;
const account = ({ request }: StsCall) => request.role.accountId;

/**
 * What STS can answer (STS API Reference, "Errors" of each operation, and "Common Errors"). The first row that fits
 * is taken. This is the one place where STS's wording is read, and only where its name leaves the cause open.
 */
const FAILURES: readonly Row[] = [
  {
    names: ['AccessDenied'],
    text: /sts:TagSession/,
    failure: 'propagation',
    code: 'STS_ACCESS_DENIED',
    problem: (call) => `STS refused to let session tags into ${role(call)}.`,
    expected: () => 'a trust policy that allows sts:TagSession beside sts:AssumeRole',
    remedy: () =>
      "Add sts:TagSession to the actions of the role's trust policy, or set role-skip-session-tagging: true.",
  },
  {
    names: ['AccessDenied'],
    operations: ['AssumeRoleWithWebIdentity'],
    failure: 'propagation',
    code: 'STS_ACCESS_DENIED',
    problem: (call) => `STS refused to let this job assume ${role(call)}.`,
    expected: (call) =>
      `a role of that name in account ${account(call)} whose trust policy allows sts:AssumeRoleWithWebIdentity for the claims that were presented`,
    remedy: () =>
      "Compare the conditions of the role's trust policy with the claims in the group above; check account, path and name in the ARN.",
  },
  {
    names: ['AccessDenied', 'AccessDeniedException'],
    operations: ['AssumeRole'],
    failure: 'propagation',
    code: 'STS_ACCESS_DENIED',
    problem: (call) => `STS refused the hop into ${role(call)}.`,
    expected: (call) =>
      `a role of that name in account ${account(call)} whose trust policy allows sts:AssumeRole for the caller, and a caller whose own policies allow sts:AssumeRole on it`,
    remedy: () =>
      "Check both sides: the target role's trust policy (external id included) and the permissions of the caller.",
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
    problem: (call) => `STS did not accept the identity token for ${role(call)}.`,
    expected: () => "a token signed with a key that the issuer's JWKS document holds",
    remedy: () =>
      "Check that the identity provider's URL is the token's issuer and, on GHES, that AWS can reach its JWKS document.",
  },
  {
    names: ['ExpiredToken'],
    operations: ['AssumeRoleWithWebIdentity'],
    failure: 'final',
    code: 'STS_TOKEN_EXPIRED',
    problem: () => 'STS says that the identity token has expired.',
    expected: () => 'a token within its life of about five minutes',
    remedy: () => "Check the runner's clock; run the job again.",
  },
  {
    names: ['ExpiredToken'],
    failure: 'final',
    code: 'STS_CREDENTIALS_EXPIRED',
    problem: (call) => `The credentials that asked for ${role(call)} have expired.`,
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
    text: /DurationSeconds/,
    failure: 'final',
    code: 'STS_DURATION_TOO_LONG',
    problem: (call) => `The role ${role(call)} does not allow sessions of ${call.request.durationSeconds} s.`,
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
    problem: (call) => `STS found the request for ${role(call)} invalid.`,
    remedy: () =>
      'Correct the input that the answer names; if none is named, open an issue with the debug log.',
  },
  {
    names: ['InvalidClientTokenId', 'UnrecognizedClient', 'MissingAuthenticationToken'],
    failure: 'final',
    code: 'STS_KEY_UNKNOWN',
    problem: (call) => `STS does not know the access key that asked for ${role(call)}.`,
    expected: () => 'an active access key, or a session of the same partition',
    remedy: () =>
      'Check that the key exists, is active, belongs to this partition, and comes with its session token if it is temporary.',
  },
  {
    names: ['SignatureDoesNotMatch', 'IncompleteSignature'],
    failure: 'final',
    code: 'STS_SIGNATURE_MISMATCH',
    problem: (call) => `STS did not accept the signature of the request for ${role(call)}.`,
    expected: () =>
      'a signature made with the key’s own secret, on a clock that is right within five minutes',
    remedy: () =>
      "Check the secret access key for missing or added characters, the runner's clock, and proxies that rewrite requests.",
  },
  {
    names: ['Throttling', 'TooManyRequests', 'RequestLimitExceeded', 'RequestThrottled', 'SlowDown'],
    failure: 'throttled',
    code: 'STS_THROTTLED',
    problem: (call) => `STS throttled the request for ${role(call)}.`,
    expected: () => 'fewer requests per second from this account and region',
    remedy: () => 'Start fewer jobs at once (strategy.max-parallel), or use another region’s endpoint.',
  },
];

/**
 * Explains what the SDK threw for `call`.
 *
 * @returns an {@link StsFailure}, with the SDK's error as its cause
 */
export function explainFailure(error: unknown, call: StsCall): ActionError {
  if (error instanceof ActionError) return error;
  const { name, message } = error instanceof Error ? error : { name: 'unknown', message: '' };
  const { status, requestId } = metadataOf(error);

  const row = FAILURES.find((candidate) => fits(candidate, name, message, call));
  if (row !== undefined) {
    return new StsFailure(row.failure, row.code, {
      problem: row.problem(call),
      found: `${call.request.operation} at ${call.endpoint} answered ${name}: ${message}${requestId}`,
      expected: row.expected?.(call),
      remedy: row.remedy(call),
      cause: error,
    });
  }
  if (status === undefined) return unreachable(error, call);
  if (status < 300) return unreadable(error, call, requestId);
  return new StsFailure(status >= 500 ? 'transient' : status === 429 ? 'throttled' : 'final', 'STS_FAILED', {
    problem: `STS failed on the request for ${role(call)}.`,
    found: `HTTP ${status}, ${name} from ${call.endpoint}${requestId}`,
    expected: 'HTTP 200',
    remedy:
      status >= 500
        ? 'Look at the AWS Health Dashboard, then run the job again.'
        : 'Look the name up in the STS API Reference; check sts-endpoint.',
    cause: error,
  });
}

function fits(row: Row, name: string, message: string, { request }: StsCall): boolean {
  return (
    row.names.some((candidate) => name === candidate || name === `${candidate}Exception`) &&
    (row.operations?.includes(request.operation) ?? true) &&
    (row.text?.test(message) ?? true)
  );
}

/** HTTP status and request id, where STS answered at all. */
function metadataOf(error: unknown): { status: number | undefined; requestId: string } {
  const { $metadata: metadata } = error as { $metadata?: { httpStatusCode?: number; requestId?: string } };
  return {
    status: metadata?.httpStatusCode,
    requestId: metadata?.requestId === undefined ? '' : ` (request ${metadata.requestId})`,
  };
}

function unreachable(error: unknown, { request, endpoint }: StsCall): ActionError {
  const code = (error as { code?: unknown }).code;
  const reason =
    typeof code === 'string'
      ? code
      : error instanceof Error
        ? `${error.name}: ${error.message}`
        : 'no answer';
  return new StsFailure('transient', 'STS_UNREACHABLE', {
    problem: 'STS could not be reached.',
    found: `${request.operation} at ${endpoint}: ${reason}`,
    expected: 'an answer from the STS endpoint',
    remedy:
      'Check aws-region and sts-endpoint for typing errors, and that the runner may connect there (proxy, firewall, VPC endpoint).',
    cause: error,
  });
}

/** An answer that is not STS's: a proxy's page, or one cut short. The SDK's text is left out, as it may quote it. */
export function unreadable(error: unknown, { request, endpoint }: StsCall, requestId: string): ActionError {
  return new StsFailure('transient', 'STS_ANSWER_UNREADABLE', {
    problem: 'The answer to the STS request is not one that STS gives.',
    found: `${request.operation} at ${endpoint}: HTTP 200 without usable credentials${requestId}`,
    expected: 'an XML document with credentials',
    remedy: 'Check sts-endpoint, and proxies that answer in the place of STS.',
    cause: error,
  });
}
