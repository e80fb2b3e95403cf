import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { errorOf, MINIMAL, NO_TRACES, traces, withJob } from '../support/harness.ts';

/** Whoever answers in the place of GitHub or STS gets no token by a redirect, and no odd body is taken for an answer. */
async function withServer(
  listener: RequestListener,
  work: (url: string, requests: string[]) => Promise<void>,
): Promise<void> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    request.resume();
    listener(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    await work(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

const ONCE = { ...MINIMAL, 'disable-retry': 'true', 'action-timeout-s': '20' };
const NOBODY: RequestListener = (_request, response) => void response.end('{"value":"stolen"}');

describe.each([301, 302, 303, 307, 308])('a redirect with %i', (status) => {
  const elsewhere = (url: string): RequestListener => {
    return (_request, response) => void response.writeHead(status, { location: `${url}/caught` }).end();
  };

  test('of GitHub’s OIDC endpoint takes the bearer nowhere', () =>
    withServer(NOBODY, (attacker, caught) =>
      withServer(elsewhere(attacker), (url) =>
        withJob({}, async ({ uses }) => {
          const step = await uses(ONCE, { env: { ACTIONS_ID_TOKEN_REQUEST_URL: `${url}/token?x=1` } });
          expect(errorOf(step)).toContain('OIDC_REQUEST_REFUSED');
          expect(traces(step)).toEqual(NO_TRACES);
          expect(caught).toEqual([]);
        }),
      ),
    ));

  test('of STS takes the OIDC token nowhere', () =>
    withServer(NOBODY, (attacker, caught) =>
      withServer(elsewhere(attacker), (url) =>
        withJob({}, async ({ uses }) => {
          const step = await uses({ ...ONCE, 'sts-endpoint': url });
          expect(errorOf(step)).toMatch(/\[STS_\w+\]/);
          expect(traces(step)).toEqual(NO_TRACES);
          expect(caught).toEqual([]);
        }),
      ),
    ));
});

const BODIES: readonly (readonly [string, string | Buffer])[] = [
  ['nothing', ''],
  ['a page of HTML', '<!doctype html><title>Sign in</title>'],
  ['null', 'null'],
  ['a number', '7'],
  ['a list', '["value"]'],
  ['a value that is no text', '{"value":{"toString":"x"}}'],
  ['a value that is no token', '{"value":"..","__proto__":{"value":"x"}}'],
  ['brackets without end', '['.repeat(200_000)],
  ['bytes of no text', Buffer.from([0xff, 0xfe, 0, 0xd8, 0x80])],
  ['an answer packed by gzip', gzipSync('{"value":"a.b.c"}')],
  [
    'XML whose entities grow',
    '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><x>&b;</x>',
  ],
  ['XML without end', '<a>'.repeat(50_000)],
  [
    'an answer of STS without credentials',
    '<AssumeRoleWithWebIdentityResponse><AssumeRoleWithWebIdentityResult/></AssumeRoleWithWebIdentityResponse>',
  ],
];

describe.each(BODIES)('%s', (_name, body) => {
  const listener: RequestListener = (_request, response) => void response.end(body);

  test('from GitHub’s OIDC endpoint is no token', () =>
    withServer(listener, (url) =>
      withJob({}, async ({ lab, uses }) => {
        const step = await uses(ONCE, { env: { ACTIONS_ID_TOKEN_REQUEST_URL: `${url}/token?x=1` } });
        expect(errorOf(step)).toContain('[OIDC_REQUEST_REFUSED]');
        expect(traces(step)).toEqual(NO_TRACES);
        expect(lab.traffic.counts().sts).toBe(0);
      }),
    ));

  test('from STS is no session', () =>
    withServer(listener, (url) =>
      withJob({}, async ({ uses }) => {
        const step = await uses({ ...ONCE, 'sts-endpoint': url });
        expect(errorOf(step)).toMatch(/\[STS_(ANSWER_UNREADABLE|FAILED)\]/);
        expect(traces(step)).toEqual(NO_TRACES);
      }),
    ));
});
