import { describe, expect, test } from '@jest/globals';
import type { SessionRequest } from '../../../src/plan/plan.ts';
import { explainFailure } from '../../../src/sts/failures.ts';
import { requestOf } from './requests.ts';

function call(operation: SessionRequest['operation']) {
  return { endpoint: 'https://sts.test', request: requestOf(operation) };
}

/** An error as the SDK throws it for an answer with this code. */
function sdkError(name: string, message = 'text', httpStatusCode = 400) {
  return Object.assign(new Error(message), { name, $metadata: { httpStatusCode, requestId: 'req-1' } });
}

describe('what STS returns', () => {
  test.each([
    ['AccessDenied', 'Not authorized', 'AssumeRoleWithWebIdentity', 'STS_ACCESS_DENIED', 'propagation'],
    [
      'AccessDenied',
      'is not authorized to perform: sts:AssumeRole',
      'AssumeRole',
      'STS_ACCESS_DENIED',
      'propagation',
    ],
    [
      'InvalidIdentityTokenException',
      'No OpenIDConnect provider found in your account',
      'AssumeRoleWithWebIdentity',
      'STS_PROVIDER_NOT_FOUND',
      'final',
    ],
    [
      'InvalidIdentityTokenException',
      'Incorrect token audience',
      'AssumeRoleWithWebIdentity',
      'STS_AUDIENCE_REFUSED',
      'final',
    ],
    [
      'InvalidIdentityTokenException',
      "Couldn't retrieve verification key",
      'AssumeRoleWithWebIdentity',
      'STS_TOKEN_INVALID',
      'final',
    ],
    ['InvalidParameterValue', 'Unsupported action X', 'GetCallerIdentity', 'STS_REQUEST_INVALID', 'final'],
    ['ExpiredTokenException', '', 'AssumeRoleWithWebIdentity', 'STS_TOKEN_EXPIRED', 'final'],
    ['ExpiredToken', '', 'AssumeRole', 'STS_CREDENTIALS_EXPIRED', 'final'],
    [
      'IDPCommunicationErrorException',
      '',
      'AssumeRoleWithWebIdentity',
      'STS_PROVIDER_UNREACHABLE',
      'transient',
    ],
    ['IDPRejectedClaimException', '', 'AssumeRoleWithWebIdentity', 'STS_CLAIM_REJECTED', 'final'],
    ['MalformedPolicyDocumentException', '', 'AssumeRole', 'STS_POLICY_MALFORMED', 'final'],
    ['PackedPolicyTooLargeException', '', 'AssumeRole', 'STS_POLICY_TOO_LARGE', 'final'],
    ['RegionDisabledException', '', 'AssumeRole', 'STS_REGION_DISABLED', 'final'],
    [
      'ValidationError',
      'The requested DurationSeconds exceeds the MaxSessionDuration',
      'AssumeRole',
      'STS_DURATION_TOO_LONG',
      'final',
    ],
    ['ValidationError', 'other', 'AssumeRole', 'STS_REQUEST_INVALID', 'final'],
    ['InvalidClientTokenId', '', 'AssumeRole', 'STS_KEY_UNKNOWN', 'final'],
    ['SignatureDoesNotMatch', '', 'AssumeRole', 'STS_SIGNATURE_MISMATCH', 'final'],
    ['IncompleteSignature', '', 'AssumeRole', 'STS_SIGNATURE_MISMATCH', 'final'],
    ['Throttling', '', 'AssumeRole', 'STS_THROTTLED', 'throttled'],
  ] as const)('%s (%s) to %s is %s, %s', (name, text, operation, code, failure) => {
    const error = explainFailure(sdkError(name, text), call(operation));
    expect(error).toMatchObject({ code, failure, details: { found: expect.stringContaining('req-1') } });
    expect(error.details.remedy).not.toBe('');
  });

  test.each([
    [500, 'transient'],
    [503, 'transient'],
    [429, 'throttled'],
    [404, 'final'],
  ])('an unknown name with HTTP %i is %s', (status, failure) => {
    expect(explainFailure(sdkError('Oops', '', status), call('AssumeRole'))).toMatchObject({
      code: 'STS_FAILED',
      failure,
    });
  });
});

test('a request without a response is a network fault', () => {
  const reset = Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
  expect(explainFailure(reset, call('AssumeRole'))).toMatchObject({
    code: 'STS_UNREACHABLE',
    failure: 'transient',
    details: { found: 'AssumeRole at https://sts.test: ECONNRESET' },
  });
});

test("an unreadable response is not quoted, since it can contain another service's secrets", () => {
  const error = explainFailure(
    sdkError('Error', 'parse error near <SecretAccessKey>abc', 200),
    call('AssumeRole'),
  );
  expect(error.code).toBe('STS_ANSWER_UNREADABLE');
  expect(error.message).not.toContain('abc');
});

test('the cause that an answer names has the texts of the error', () => {
  const claims = { iss: 'https://issuer.test', aud: 'sts.amazonaws.com' };
  const missing = sdkError('InvalidIdentityToken', 'No OpenIDConnect provider found');
  const error = explainFailure(missing, { ...call('AssumeRoleWithWebIdentity'), claims });
  const { likely, remedy } = error.details;
  expect(likely).toContain('https://issuer.test');
  expect(error).toMatchObject({ namedCause: { id: 'provider-missing', why: likely, check: remedy } });
});

test('an answer that leaves the cause open names none', () => {
  const error = explainFailure(sdkError('AccessDenied', 'Not authorized'), call('AssumeRoleWithWebIdentity'));
  expect(error).toMatchObject({ namedCause: undefined, details: { likely: undefined } });
});

test('an operation that a store does not have is named', () => {
  const failure = explainFailure(
    sdkError('InvalidParameterValue', 'Unsupported action GetCallerIdentity'),
    call('GetCallerIdentity'),
  );
  expect(failure.message).toContain('The service at the STS endpoint does not support GetCallerIdentity.');
});

test('a store that denies role chaining has no trust policies', () => {
  const { request, endpoint } = call('AssumeRole');
  const role = { arn: 'arn:minio:iam:::role/dev', partition: 'minio', accountId: '', path: '/', name: 'dev' };
  const { message } = explainFailure(sdkError('AccessDenied'), {
    endpoint,
    request: { ...request, role } as SessionRequest,
  });
  expect(message).toContain('remove role-chain');
  expect(message).not.toContain('trust policy');
});
