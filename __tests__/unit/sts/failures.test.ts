import { describe, expect, test } from '@jest/globals';
import { completeRole } from '../../../src/aws/arn.ts';
import type { SessionRequest } from '../../../src/plan/plan.ts';
import { explainFailure } from '../../../src/sts/failures.ts';

function call(operation: SessionRequest['operation']) {
  return { endpoint: 'https://sts.test', request: requestOf(operation) };
}

function requestOf(operation: SessionRequest['operation']): SessionRequest {
  const role = completeRole({ path: '/', name: 'deploy' }, 'aws', '111111111111');
  const duration = { kind: 'seconds', seconds: 3600 } as const;
  const common = { role, duration, inlinePolicy: undefined, policyArns: [], sessionName: 'test' };
  switch (operation) {
    case 'AssumeRole': {
      const none = { externalId: undefined, sourceIdentity: undefined, mfa: undefined };
      return { operation, ...common, ...none, tags: [], transitiveTagKeys: [] };
    }
    case 'GetSessionToken':
      return { operation, duration, mfa: undefined };
    case 'GetFederationToken':
      return { operation, duration, name: 'ci', inlinePolicy: undefined, policyArns: [], tags: [] };
    case 'GetCallerIdentity':
      return { operation };
    default:
      return { operation, ...common };
  }
}

/** An error as the SDK throws it for an answer with this code. */
function sdkError(name: string, message = 'text', httpStatusCode = 400) {
  return Object.assign(new Error(message), { name, $metadata: { httpStatusCode, requestId: 'req-1' } });
}

describe('what STS answers', () => {
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

test('no answer at all is a fault on the way', () => {
  const reset = Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
  expect(explainFailure(reset, call('AssumeRole'))).toMatchObject({
    code: 'STS_UNREACHABLE',
    failure: 'transient',
    details: { found: 'AssumeRole at https://sts.test: ECONNRESET' },
  });
});

test("an unreadable answer is not quoted, since it may hold another service's secrets", () => {
  const error = explainFailure(
    sdkError('Error', 'parse error near <SecretAccessKey>abc', 200),
    call('AssumeRole'),
  );
  expect(error.code).toBe('STS_ANSWER_UNREADABLE');
  expect(error.message).not.toContain('abc');
});
