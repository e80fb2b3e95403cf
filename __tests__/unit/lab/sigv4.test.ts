import { expect, test } from '@jest/globals';
import { type Authorization, isSignatureOf, parseAuthorization, signedAt } from '../../../lab/sigv4.ts';

/** The example of the AWS General Reference, "Signature Version 4 signing process": IAM's ListUsers. */
const REQUEST = {
  method: 'GET',
  url: '/?Action=ListUsers&Version=2010-05-08',
  headers: {
    'content-type': 'application/x-www-form-urlencoded; charset=utf-8',
    host: 'iam.amazonaws.com',
    'x-amz-date': '20150830T123600Z',
  },
  body: '',
};
const HEADER =
  'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, SignedHeaders=content-type;host;x-amz-date, Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7';
const SECRET = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY';

const authorization = parseAuthorization(HEADER) as Authorization;

test("the signature of AWS's published example is right", () => {
  expect(authorization.accessKeyId).toBe('AKIDEXAMPLE');
  expect(isSignatureOf(REQUEST, authorization, SECRET)).toBe(true);
});

test.each([
  ['another secret', REQUEST, `${SECRET}x`],
  ['another body', { ...REQUEST, body: 'x' }, SECRET],
  ['another query', { ...REQUEST, url: '/?Action=ListUsers&Version=2010-05-09' }, SECRET],
  ['another method', { ...REQUEST, method: 'POST' }, SECRET],
  ['another host', { ...REQUEST, headers: { ...REQUEST.headers, host: 'iam.example.com' } }, SECRET],
])('with %s it is wrong', (_what, request, secret) => {
  expect(isSignatureOf(request, authorization, secret)).toBe(false);
});

test('the date is read as it was signed', () => {
  expect(new Date(signedAt(REQUEST)).toISOString()).toBe('2015-08-30T12:36:00.000Z');
});

test('an incomplete header is none', () => {
  expect(parseAuthorization(HEADER.replace(/, Signature=.*/, ''))).toBeUndefined();
});
