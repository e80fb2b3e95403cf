import type { ErrorDetails } from '../errors.ts';

/** The error details for HTTP 407 from the proxy on the way to `target`. */
export function proxyRefused(target: string): ErrorDetails {
  return {
    problem: 'The proxy requires a user name and password (http-proxy or HTTPS_PROXY).',
    found: `HTTP 407 on the way to ${target}`,
    expected: 'a proxy that accepts the request',
    remedy:
      'Add the credentials to the URL from a secret, as http://USER:PASSWORD@HOST:PORT, or add the host to no-proxy.',
  };
}
