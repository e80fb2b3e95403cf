import type { ErrorDetails } from '../errors.ts';

/** What to say when the proxy answered 407 on the way to `target`. */
export function proxyRefused(target: string): ErrorDetails {
  return {
    problem: 'The proxy wants a user name and password (http-proxy or HTTPS_PROXY).',
    found: `HTTP 407 on the way to ${target}`,
    expected: 'a proxy that lets the request through',
    remedy:
      'Put the credentials into the URL, http://USER:PASSWORD@HOST:PORT, from a secret; or exempt the host in no-proxy.',
  };
}
