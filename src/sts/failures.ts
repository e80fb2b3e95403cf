import { isKnownRegion, nearestRegion } from '../aws/regions.ts';
import type { SessionRequest } from '../plan/plan.ts';
import { ActionError, type ErrorCode, type ErrorDetails } from '../platform/errors.ts';
import { AnswerTooLargeError, HttpTimeoutError } from '../platform/http/http.ts';
import { proxyRefused } from '../platform/http/proxy-refusal.ts';
import type { FailureClass } from '../platform/retry.ts';
import { nameOfError } from '../platform/trace.ts';
import type { FailureHint } from './failure-table.ts';
import { knownFailure, type StsCall, target } from './failure-table.ts';

/** A failed STS request: what it means for the user, and what it means for another try. */
export class StsFailure extends ActionError {
  readonly failure: FailureClass;
  /** Whether the endpoint itself is in doubt: no connection, or a server error. */
  readonly unreachable: boolean;
  /** What the text says beyond the name. */
  readonly hint: FailureHint | undefined;
  /** Where it was asked for. */
  readonly endpoint: string | undefined;

  constructor(
    code: ErrorCode,
    failure: FailureClass,
    details: ErrorDetails,
    more: {
      readonly unreachable?: boolean;
      readonly hint?: FailureHint | undefined;
      readonly endpoint?: string;
    } = {},
  ) {
    super(code, details);
    this.failure = failure;
    this.unreachable = more.unreachable ?? false;
    this.hint = more.hint;
    this.endpoint = more.endpoint;
  }
}

/**
 * Explains what the SDK threw for `call`.
 *
 * @returns an {@link StsFailure}, with the SDK's error as its cause
 */
export function explainFailure(error: unknown, call: StsCall): ActionError {
  if (error instanceof ActionError) return error;
  const { name, message } = error instanceof Error ? error : { name: 'unknown', message: '' };
  const { status, requestId } = metadataOf(error);

  const row = knownFailure(name, message, call);
  if (row !== undefined) {
    const details = {
      problem: row.problem(call),
      found: `${call.request.operation} at ${call.endpoint} answered ${name}: ${message}${inBrackets(requestId)}`,
      expected: row.expected?.(call),
      remedy: row.remedy(call),
      cause: error,
    };
    return new StsFailure(row.code, row.failure, details, { hint: row.hint, endpoint: call.endpoint });
  }
  if (status === 407) return new StsFailure('PROXY_REFUSED', 'final', proxyRefused(call.endpoint));
  if (error instanceof AnswerTooLargeError) return unreadable(error, call.request, requestId);
  if (status === undefined || error instanceof HttpTimeoutError) return noAnswer(error, call);
  if (status < 300) return unreadable(error, call.request, requestId);
  const server = status >= 500;
  const details = {
    problem: `STS failed on the request for ${target(call)}.`,
    found: `HTTP ${status}, ${nameOfError(error)} from ${call.endpoint}${inBrackets(requestId)}`,
    expected: 'HTTP 200',
    remedy: server
      ? 'Look at the AWS Health Dashboard, then run the job again.'
      : 'Look the name up in the STS API Reference; check sts-endpoint.',
    cause: error,
  };
  return new StsFailure(
    'STS_FAILED',
    server ? 'transient' : status === 429 ? 'throttled' : 'final',
    details,
    { unreachable: server, endpoint: call.endpoint },
  );
}

/** HTTP status and request id, where STS answered at all. */
function metadataOf(error: unknown): { status: number | undefined; requestId: string | undefined } {
  const { $metadata: metadata } = error as { $metadata?: { httpStatusCode?: number; requestId?: string } };
  return { status: metadata?.httpStatusCode, requestId: metadata?.requestId };
}

const inBrackets = (requestId: string | undefined) => (requestId ? ` (request ${requestId})` : '');

/** Our own limits say what they are; of other errors only the name is sure to hold no answer. */
function ownReason(error: unknown): string {
  const ours = error instanceof HttpTimeoutError || error instanceof AnswerTooLargeError;
  return ours ? error.message : nameOfError(error);
}

/** What DNS says of a name that is not there, or of which it cannot say so. */
const NOT_RESOLVED: unknown[] = ['ENOTFOUND', 'EAI_AGAIN'];

function noAnswer(error: unknown, call: StsCall): ActionError {
  const { request, endpoint } = call;
  const { code } = error as { code?: unknown };
  if (NOT_RESOLVED.includes(code)) return notResolved(error as NodeJS.ErrnoException, call);
  const reason = typeof code === 'string' ? code : ownReason(error);
  const details = {
    problem: 'STS could not be reached.',
    found: `${request.operation} at ${endpoint}: ${reason}`,
    expected: 'an answer from the STS endpoint',
    remedy:
      'Check aws-region and sts-endpoint for typing errors, and that the runner may connect there (proxy, firewall, VPC endpoint).',
    cause: error,
  };
  return new StsFailure('STS_UNREACHABLE', 'transient', details, { unreachable: true, endpoint });
}

/**
 * A name without address is no endpoint that is away: it is misspelt, or the runner's DNS is at fault. To ask another
 * region would hide that until a later step meets it.
 */
function notResolved(
  error: NodeJS.ErrnoException & { hostname?: string },
  { request, endpoint, region = '' }: StsCall,
): ActionError {
  const { hostname } = new URL(endpoint);
  const name = error.hostname ?? hostname;
  const ofRegion = name === hostname && region !== '' && hostname.split('.').includes(region);
  const known = !ofRegion || isKnownRegion(region);
  const meant = known ? undefined : nearestRegion(region);
  const input = name === hostname ? 'sts-endpoint' : 'http-proxy or HTTPS_PROXY';
  const details = {
    problem: `STS could not be reached: the name ${name} does not resolve (${ofRegion ? 'aws-region' : input}).`,
    found: `${request.operation} at ${endpoint}: ${error.code}`,
    expected: ofRegion
      ? `an aws-region that there is, unlike ${region} as it seems`
      : 'a name that the runner can resolve',
    remedy: `${meant === undefined ? `Check ${ofRegion ? 'aws-region' : input} for typing errors` : `Set aws-region to ${meant} if that is meant`}; else check the DNS of the runner. No other region is asked.`,
    cause: error,
  };
  const final = !known && error.code === 'ENOTFOUND';
  return new StsFailure('STS_UNREACHABLE', final ? 'final' : 'transient', details, { endpoint });
}

/** An answer of STS that lacks what it is for; it would come again. */
export function incomplete(
  request: SessionRequest,
  requestId: string | undefined,
  missing: readonly string[],
): ActionError {
  return new StsFailure('STS_ANSWER_UNREADABLE', 'final', {
    problem: 'The answer to the STS request is incomplete.',
    found: `${request.operation}: HTTP 200 without ${missing.join(', ')}${inBrackets(requestId)}`,
    expected: `all that ${request.operation} answers in the STS API Reference`,
    remedy: 'Check sts-endpoint: what answers there does not do all that STS does.',
  });
}

/** An answer that is not STS's: a proxy's page, or one cut short. The SDK's text is left out, as it may quote it. */
function unreadable(cause: unknown, request: SessionRequest, requestId: string | undefined): ActionError {
  const tooLarge = cause instanceof AnswerTooLargeError;
  return new StsFailure('STS_ANSWER_UNREADABLE', tooLarge ? 'final' : 'transient', {
    problem: 'The answer to the STS request is not one that STS gives.',
    found: tooLarge
      ? `${request.operation}: ${cause.message}`
      : `${request.operation}: HTTP 200 without what it should hold${inBrackets(requestId)}`,
    expected: "STS's own XML document",
    remedy: 'Check sts-endpoint, and proxies that answer in the place of STS.',
    cause,
  });
}
