import { describe, expect, test } from '@jest/globals';
import { proxyUrl } from '../../../src/config/aws-parsers.ts';
import {
  exemption,
  parseProxyUrl,
  proxyRefused,
  proxySecrets,
  proxySettings,
  resolveProxy,
} from '../../../src/platform/http/proxy-settings.ts';

const NONE = { httpProxy: undefined, noProxy: undefined };

describe('no-proxy', () => {
  test.each([
    ['', 'https://sts.amazonaws.com', false],
    ['*', 'https://sts.amazonaws.com', true],
    ['sts.amazonaws.com', 'https://sts.amazonaws.com', true],
    ['STS.AmazonAWS.com', 'https://sts.amazonaws.com', true],
    ['sts.amazonaws.com.', 'https://sts.amazonaws.com', true],
    ['amazonaws.com', 'https://sts.eu-west-1.amazonaws.com', true],
    ['.amazonaws.com', 'https://sts.eu-west-1.amazonaws.com', true],
    ['*.amazonaws.com', 'https://sts.eu-west-1.amazonaws.com', true],
    ['.amazonaws.com', 'https://amazonaws.com', true],
    ['amazonaws.com', 'https://notamazonaws.com', false],
    ['amazonaws.com', 'https://amazonaws.com.evil.test', false],
    ['sts.amazonaws.com:443', 'https://sts.amazonaws.com', true],
    ['sts.amazonaws.com:8443', 'https://sts.amazonaws.com', false],
    ['sts.amazonaws.com:80', 'http://sts.amazonaws.com', true],
    ['sts.amazonaws.com:8443', 'https://sts.amazonaws.com:8443', true],
    ['localhost', 'http://localhost:4566', true],
    ['10.1.2.3', 'http://10.1.2.3', true],
    ['10.1.2.3:8080', 'http://10.1.2.3:8080', true],
    ['10.1.2.3', 'http://10.1.2.33', false],
    ['2.3', 'http://10.1.2.3', false],
    ['10.0.0.0/8', 'http://10.1.2.3', true],
    ['10.0.0.0/8', 'http://11.1.2.3', false],
    ['10.1.2.0/23', 'http://10.1.3.255', true],
    ['10.1.2.0/23', 'http://10.1.4.0', false],
    ['0.0.0.0/0', 'http://8.8.8.8', true],
    ['0.0.0.0/0', 'https://sts.amazonaws.com', false],
    ['10.0.0.0/33', 'http://10.1.2.3', false],
    ['fd00::/8', 'http://[fd12::1]', true],
    ['fd00::/8', 'http://[fe80::1]', false],
    ['[fd00::]/8', 'http://[fd12::1]', true],
    ['fd00::/33', 'http://[fd00:0:7fff::1]', true],
    ['fd00::/33', 'http://[fd00:0:8000::1]', false],
    ['fd00::1/128', 'http://[fd00::1]', true],
    ['fd00::1/128', 'http://[fd00::2]', false],
    ['fd00::1/129', 'http://[fd00::1]', false],
    ['10.1.2.3/32', 'http://10.1.2.3', true],
    ['x10.0.0.0/8', 'http://10.1.2.3', false],
    ['10.0.0.0/8x', 'http://10.1.2.3', false],
    ['1:2:3:4:5:6:7:8', 'http://[1:2:3:4:5:6:7:8]', true],
    ['a.test:80x', 'http://a.test', false],
    ['a.test', 'http://a.test.', true],
    [' \t', 'http://a..', false],
    ['::1', 'http://[::1]', true],
    ['[::1]:8080', 'http://[::1]:8080', true],
    ['[::1]:8080', 'http://[::1]:9090', false],
    ['a.test, b.test', 'https://b.test', true],
    ['a.test b.test', 'https://b.test', true],
    ['a.test,,b.test,', 'https://x.b.test', true],
    ['a.test', 'https://b.test', false],
    ['169.254.169.254', 'http://169.254.169.254', true],
    ['ghes.corp', 'https://ghes.corp/_services/token', true],
    ['corp', 'https://ghes.corp', true],
    ['corp', 'https://ghescorp', false],
  ])('%j, %s: %s', (rules, target, expected) => {
    expect(exemption(rules)(new URL(target))).toBe(expected);
  });
});

describe('which proxy', () => {
  const all = {
    HTTPS_PROXY: 'http://a:1',
    https_proxy: 'http://b:1',
    HTTP_PROXY: 'http://c:1',
    http_proxy: 'http://d:1',
  };
  const chosen = (env: Record<string, string>, httpProxy?: URL) =>
    proxySettings({ ...NONE, httpProxy }, env).proxy?.host;

  test('the input, then HTTPS_PROXY before HTTP_PROXY, upper case before lower', () => {
    const { HTTPS_PROXY: _1, ...second } = all;
    const { https_proxy: _2, ...third } = second;
    const { HTTP_PROXY: _3, ...fourth } = third;
    expect(chosen(all, new URL('http://input:1'))).toBe('input:1');
    expect([all, second, third, fourth, {}].map((env) => chosen(env))).toEqual([
      'a:1',
      'b:1',
      'c:1',
      'd:1',
      undefined,
    ]);
  });

  test('a variable that is no URL is passed over', () => {
    expect(chosen({ HTTPS_PROXY: 'socks5://x:1', HTTP_PROXY: 'proxy.corp:3128' })).toBe('proxy.corp:3128');
  });

  test('the input no-proxy replaces the variables', () => {
    const target = new URL('https://a.test');
    expect(proxySettings({ ...NONE, noProxy: 'b.test' }, { NO_PROXY: 'a.test' }).isExempt(target)).toBe(
      false,
    );
    expect(proxySettings(NONE, { no_proxy: 'a.test' }).isExempt(target)).toBe(true);
  });
});

test.each([['ftp://proxy'], ['xhttp://proxy'], ['http://'], ['http://a b'], ['']])(
  '%j is no proxy, and is not shown',
  (text) => {
    const parsed = proxyUrl(text);
    expect(parsed).toMatchObject({ found: expect.stringContaining('not shown') });
  },
);

test("what is secret in a proxy's URL: the password, as written and decoded, and the header", () => {
  expect(proxySecrets(new URL('http://user:p%40ss@proxy:3128'))).toEqual(['p%40ss', 'p@ss', 'dXNlcjpwQHNz']);
  expect(proxySecrets(new URL('http://proxy:3128'))).toEqual([]);
});

test('a stray % in a password stands for itself; bytes that are no text are refused', () => {
  const parsed = proxyUrl('http://user:50%@proxy:3128');
  expect('value' in parsed && proxySecrets(parsed.value)).toEqual(['50%25', '50%', 'dXNlcjo1MCU=']);
  expect(proxyUrl('http://user:%ff@proxy:3128')).toMatchObject({
    found: expect.stringContaining('not shown'),
  });
});

test('an empty NO_PROXY leaves the word to no_proxy', () => {
  const { isExempt } = proxySettings(NONE, { NO_PROXY: '', no_proxy: 'aws.test' });
  expect(isExempt(new URL('https://sts.aws.test'))).toBe(true);
});

test.each([
  ['proxy.corp:3128', 'http:', 'proxy.corp:3128'],
  ['proxy.corp:3128/a://b', 'http:', 'proxy.corp:3128'],
  ['HTTPS://proxy.corp', 'https:', 'proxy.corp'],
])('the URL of a proxy: %s', (text, protocol, host) => {
  expect(parseProxyUrl(text)).toMatchObject({ protocol, host });
});

test('a % before one digit stands for itself, too', () => {
  expect(parseProxyUrl('http://user:5%a@proxy')?.password).toBe('5%25a');
  expect(parseProxyUrl('http://user:5%aa@proxy')).toBeUndefined();
  expect(parseProxyUrl('http://user:5%2a@proxy')?.password).toBe('5%2a');
});

test('variables can have blanks around them; without any there is no proxy', () => {
  expect(resolveProxy(NONE, { HTTPS_PROXY: ' http://a:1 ' }).httpProxy?.host).toBe('a:1');
  expect(resolveProxy(NONE, {})).toEqual({ httpProxy: undefined, noProxy: '' });
});

test('a proxy that refuses is named with the way', () => {
  expect(proxyRefused('sts.test')).toMatchObject({
    problem: expect.stringContaining('http-proxy'),
    found: 'HTTP 407 on the way to sts.test',
    expected: 'a proxy that accepts the request',
    remedy: expect.stringContaining('no-proxy'),
  });
});
