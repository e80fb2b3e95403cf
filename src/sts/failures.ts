import { isKnownRegion, nearestRegion } from '../aws/regions.ts';
import { requestSuffix } from '../aws/request-id.ts';
import type { SessionRequest } from '../plan/plan.ts';
import { ActionError } from '../platform/errors.ts';
import { AnswerTooLargeError, HttpTimeoutError } from '../platform/http/http.ts';
import { proxyRefused } from '../platform/http/proxy-refusal.ts';
import { nameOfError } from '../platform/trace.ts';
import {
  FAILURE_CLASSES,
  type KnownFailure,
  knownFailure,
  type StsCall,
  type Text,
  target,
} from './failure-table.ts';
import { StsFailure } from './sts-failure.ts';

/**
 * Explains what the SDK threw for `call`.
 *
 * @returns an {@link StsFailure} whose cause is the SDK's error; an {@link ActionError} stays as it is
 */
export function explainFailure(error: unknown, call: StsCall): ActionError {
  if (error instanceof ActionError) return error;
  const { name, message } = error instanceof Error ? error : { name: 'unknown', message: '' };
  const { $metadata } = error as { $metadata?: { httpStatusCode?: number; requestId?: string } };
  const { httpStatusCode: status, requestId } = $metadata ?? {};

  const row = knownFailure(name, message, call);
  if (row !== undefined) {
    const { operation } = call.request;
    const found = `${operation} at ${call.endpoint} returned ${name}: ${message}${requestSuffix(requestId)}`;
    return fromRow(row, call, found, error);
  }
  if (status === 407) return new StsFailure('PROXY_REFUSED', 'final', proxyRefused(call.endpoint));
  if (error instanceof AnswerTooLargeError) return unreadable(error, call.request, requestId);
  if (status === undefined || error instanceof HttpTimeoutError) return noResponse(error, call);
  if (status < 300) return unreadable(error, call.request, requestId);
  return unknownFailure(error, call, status, requestId);
}

function fromRow(row: KnownFailure, call: StsCall, found: string, cause: unknown): StsFailure {
  const words = (text: Text) => (typeof text === 'string' ? text : text(call));
  const remedy = words(row.remedy);
  const namedCause = row.cause && { id: row.cause, why: words(row.likely), check: remedy };
  const likely = namedCause?.why;
  const expected = row.expected && words(row.expected);
  const details = { problem: words(row.problem), found, expected, likely, remedy, cause };
  return new StsFailure(row.code, FAILURE_CLASSES[row.code] ?? 'final', details, {
    namedCause,
    endpoint: call.endpoint,
  });
}

function unknownFailure(error: unknown, call: StsCall, status: number, requestId?: string): StsFailure {
  const unreachable = status >= 500;
  const rejected = status === 429 ? 'throttled' : 'final';
  const details = {
    problem: `STS failed to process the request for ${target(call)}.`,
    found: `HTTP ${status}, ${nameOfError(error)} from ${call.endpoint}${requestSuffix(requestId)}`,
    expected: 'HTTP 200',
    remedy: unreachable
      ? 'Check the AWS Health Dashboard, and run the job again.'
      : 'Look the name up in the STS API Reference. Check sts-endpoint.',
    cause: error,
  };
  return new StsFailure('STS_FAILED', unreachable ? 'transient' : rejected, details, {
    unreachable,
    endpoint: call.endpoint,
  });
}

function noResponse(error: unknown, call: StsCall): StsFailure {
  const { request, endpoint } = call;
  const { code } = error as { code?: unknown };
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return notResolved(error as NodeJS.ErrnoException, call);
  // The message of any other error can quote a response.
  const own = error instanceof HttpTimeoutError ? error.message : nameOfError(error);
  const details = {
    problem: 'STS could not be reached.',
    found: `${request.operation} at ${endpoint}: ${typeof code === 'string' ? code : own}`,
    expected: 'a response from the STS endpoint',
    remedy:
      'Check aws-region and sts-endpoint for typing errors. Check that the runner can connect to the endpoint (proxy, firewall, VPC endpoint).',
    cause: error,
  };
  return new StsFailure('STS_UNREACHABLE', 'transient', details, { unreachable: true, endpoint });
}

/** A misspelled host name, or a fault of the DNS, which a fallback region would hide until a later step fails. */
function notResolved(
  error: NodeJS.ErrnoException & { hostname?: string },
  { request, endpoint, region = '' }: StsCall,
): StsFailure {
  const { hostname } = new URL(endpoint);
  const name = error.hostname ?? hostname;
  const ofRegion = name === hostname && region !== '' && hostname.split('.').includes(region);
  const isKnown = !ofRegion || isKnownRegion(region);
  const nearest = isKnown ? undefined : nearestRegion(region);
  const configured = name === hostname ? 'sts-endpoint' : 'http-proxy or HTTPS_PROXY';
  const input = ofRegion ? 'aws-region' : configured;
  const correction =
    nearest === undefined
      ? `Check ${input} for typing errors`
      : `Set aws-region to ${nearest} if you mean that region`;
  const details = {
    problem: `STS could not be reached: the host name ${name} does not resolve (${input}).`,
    found: `${request.operation} at ${endpoint}: ${error.code}`,
    expected: ofRegion ? `an existing region, unlike ${region}` : 'a host name that the runner can resolve',
    remedy: `${correction}. Otherwise check the DNS of the runner. The action tries no other region for a name that does not resolve.`,
    cause: error,
  };
  const failure = !isKnown && error.code === 'ENOTFOUND' ? 'final' : 'transient';
  return new StsFailure('STS_UNREACHABLE', failure, details, { endpoint });
}

/** A response of STS without required members. Another attempt would return the same. */
export function incomplete(
  { operation }: SessionRequest,
  requestId: string | undefined,
  missing: readonly string[],
): StsFailure {
  return new StsFailure('STS_ANSWER_UNREADABLE', 'final', {
    problem: 'The response of STS is incomplete.',
    found: `${operation}: HTTP 200 without ${missing.join(', ')}${requestSuffix(requestId)}`,
    expected: `all members that the STS API Reference lists for ${operation}`,
    remedy: 'Check sts-endpoint: the service at this URL does not implement all of STS.',
  });
}

/** A response that is not from STS, for example the page of a proxy, or truncated. The SDK's message may quote it. */
function unreadable(
  cause: unknown,
  { operation }: SessionRequest,
  requestId: string | undefined,
): StsFailure {
  const tooLarge = cause instanceof AnswerTooLargeError;
  return new StsFailure('STS_ANSWER_UNREADABLE', tooLarge ? 'final' : 'transient', {
    problem: 'The response is not a valid response of STS.',
    found: tooLarge
      ? `${operation}: ${cause.message}`
      : `${operation}: HTTP 200 with unreadable content${requestSuffix(requestId)}`,
    expected: 'an XML document of STS',
    remedy: 'Check sts-endpoint, and proxies that respond in place of STS.',
    cause,
  });
}
