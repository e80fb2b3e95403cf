import { describe, expect, test } from '@jest/globals';
import * as aws from '../../../src/config/aws-parsers.ts';

describe('a region', () => {
  test.each(['eu-west-1', 'us-gov-west-1', 'aws-global', 'eu-west-9', 'qa-central-1'])(
    '%s is known, or may be newer',
    (code) => {
      expect(aws.region(code)).toEqual({ value: code });
    },
  );

  test.each([
    ['eu-wets-1', 'Write eu-west-1 if you mean it.'],
    ['eu_west_1', 'Write eu-west-1 if you mean it.'],
    ['eu-west-1a', 'Write eu-west-1 if you mean it.'],
    ['Frankfurt', 'Use a code from the list of AWS Regions.'],
    ['x-eu-west-1-x', 'Use a code from the list of AWS Regions.'],
  ])('%s is not one. %s', (code, remedy) => {
    expect(aws.region(code)).toEqual({
      expected: 'the code of an AWS region, such as eu-west-1',
      remedy,
    });
  });
});

describe('fallback regions', () => {
  test.each([
    ['none', []],
    ['eu-west-1', ['eu-west-1']],
    ['eu-west-1, eu-central-1\neu-north-1', ['eu-west-1', 'eu-central-1', 'eu-north-1']],
  ])('%j are %j', (codes, value) => {
    expect(aws.regions(codes)).toEqual({ value });
  });

  test.each([
    ['eu-west-1 none', 'none'],
    ['eu-west-1, Ireland', 'Ireland'],
  ])('%j are not valid because of %s', (codes, found) => {
    expect(aws.regions(codes)).toMatchObject({
      found,
      expected: 'codes of AWS regions, one per line, or none',
    });
  });
});

describe('a duration', () => {
  test.each([
    ['0', { kind: 'seconds', seconds: 3600 }],
    ['max', { kind: 'longest', limitSeconds: 129_600 }],
    ['60', { kind: 'cut', seconds: 60 }],
    ['899', { kind: 'cut', seconds: 899 }],
    ['900', { kind: 'seconds', seconds: 900 }],
    ['43200', { kind: 'seconds', seconds: 43_200 }],
  ])('%s is %j', (written, value) => {
    expect(aws.duration(written)).toEqual({ value });
    expect(aws.sessionDuration(written)).toEqual({ value });
  });

  const problem = {
    expected: 'a whole number of seconds from 60 to 43200, or max',
    remedy: 'Write digits only, such as 3600.',
  };

  test.each(['59', '1h', 'Max', '00', '-900', '129601'])('%s is not valid', (written) => {
    expect(aws.duration(written)).toEqual(problem);
    expect(aws.sessionDuration(written)).toEqual(problem);
  });

  test('of a role is at most 12 hours, of an IAM user 36 hours', () => {
    expect(aws.duration('43201')).toEqual(problem);
    expect(aws.sessionDuration('129600')).toEqual({ value: { kind: 'seconds', seconds: 129_600 } });
  });
});

describe('an inline policy', () => {
  const policyOf = (characters: number) => JSON.stringify({ Statement: 'x'.repeat(characters - 16) });

  test('has at most 2048 characters, without its layout', () => {
    const longest = policyOf(2048);
    expect(longest).toHaveLength(2048);
    expect(aws.inlinePolicy(JSON.stringify(JSON.parse(longest), undefined, 2))).toEqual({ value: longest });
    expect(aws.inlinePolicy(policyOf(2049))).toEqual({
      found: '2049 characters without white space',
      expected: 'a JSON policy document (an object with Statement) of at most 2048 characters',
      remedy: 'Shorten the policy, or create a managed policy and add its ARN to managed-session-policies.',
    });
  });

  test.each(['{', 'null', '"Statement"', '{"statement": []}'])('is not %s', (json) => {
    expect(aws.inlinePolicy(json)).toEqual({
      expected: 'a JSON policy document (an object with Statement) of at most 2048 characters',
      remedy: 'Check the policy with `aws accessanalyzer validate-policy` or in the IAM console.',
    });
  });
});

test('managed policies are at most 10', () => {
  const arns = Array.from({ length: 11 }, (_, at) => `arn:aws:iam::aws:policy/P${at}`);
  expect(aws.policyArns(arns.slice(1).join('\n'))).toEqual({ value: arns.slice(1) });
  expect(aws.policyArns(arns.join('\n'))).toEqual({
    found: '11 policies',
    expected: 'at most 10 ARNs of managed policies',
    remedy: 'Merge policies.',
  });
  expect(aws.policyArns('arn:aws:iam::aws:policy/P\nReadOnlyAccess')).toMatchObject({
    found: 'ReadOnlyAccess',
  });
});

describe('text that may be wrapped or spaced', () => {
  test('the base64 of a SAML assertion', () => {
    expect(aws.samlAssertion('c2Ft\r\n bA==')).toEqual({ value: 'c2FtbA==' });
    expect(aws.samlAssertion('c2Ft-bA==')).toMatchObject({ expected: expect.stringContaining('base64') });
  });

  test('the secret of an MFA device, in either letter case', () => {
    expect(aws.totpSecret('abcd efgh IJKL mn27')).toEqual({ value: 'ABCDEFGHIJKLMN27' });
    expect(aws.totpSecret(`${'A'.repeat(16)}==`)).toEqual({ value: `${'A'.repeat(16)}==` });
  });

  test.each([
    ['too short', 'A'.repeat(15)],
    ['too long', 'A'.repeat(257)],
    ['with 1, which base32 does not have, at its end', `${'A'.repeat(16)}1`],
    ['with 1 at its beginning', `1${'A'.repeat(16)}`],
    ['with padding inside', `${'A'.repeat(16)}=A`],
  ])('no secret of an MFA device: %s', (_what, secret) => {
    expect(aws.totpSecret(secret)).toMatchObject({
      expected: 'the secret key of a virtual MFA device in base32',
    });
  });
});

describe('the URL of an endpoint', () => {
  test.each(['https://sts.eu-west-1.amazonaws.com', 'http://localhost:4566/x', 'HTTPS://[::1]:8443'])(
    '%s is valid',
    (url) => {
      expect(aws.httpUrl(url)).toEqual({ value: new URL(url) });
    },
  );

  const problem = {
    expected: 'an http or https URL without user name and password',
    remedy: 'Write scheme and host, such as https://sts.eu-west-1.amazonaws.com.',
  };

  test.each(['sts.eu-west-1.amazonaws.com', 'ftp://example.com', 'https:', 'shttp://x', 'httpss://x'])(
    '%s is not, and is shown',
    (url) => {
      expect(aws.httpUrl(url)).toEqual({ ...problem, found: undefined });
    },
  );

  test.each([
    'https://user:word@example.com',
    'https://user@example.com',
    'https://:word@example.com',
    'ftp://user:word@example.com',
    'user:word@example.com',
    'pa ss',
  ])('%s is not, and may contain a password', (url) => {
    expect(aws.httpUrl(url)).toEqual({
      ...problem,
      found: `${url.length} characters (not shown because they may contain a password)`,
    });
  });
});

test('the URL of a proxy may have a password; what is no URL may contain one', () => {
  expect(aws.proxyUrl('proxy:3128')).toEqual({ value: new URL('http://proxy:3128') });
  expect(aws.proxyUrl('http://user:word@proxy:3128')).toEqual({
    value: new URL('http://user:word@proxy:3128'),
  });
  expect(aws.proxyUrl('socks://user:word@proxy')).toEqual({
    found: '23 characters (not shown because they may contain a password)',
    expected: 'the URL of an http or https proxy, such as http://proxy.internal:3128',
    remedy: 'Write scheme, host and port; percent-encode special characters of user name and password.',
  });
});

test('a role is an ARN, or a name whose account is known from elsewhere', () => {
  expect(aws.role('teams/deploy')).toEqual({ value: { path: '/teams/', name: 'deploy' } });
  expect(aws.role('arn:aws:iam::111111111111:role/deploy')).toMatchObject({
    value: { accountId: '111111111111' },
  });
  expect(aws.role('arn:aws:iam::1:role/deploy')).toMatchObject({
    expected: expect.stringContaining('the ARN of an IAM role'),
  });
});
