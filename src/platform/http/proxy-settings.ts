import { BlockList, isIP } from 'node:net';
import type { Environment } from '../environment.ts';
import type { ErrorDetails } from '../errors.ts';

/** The URL of a proxy, if `text` is one. `host:port` means http, and a `%` that encodes nothing is literal. */
export function parseProxyUrl(text: string): URL | undefined {
  const withScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  const encoded = withScheme.replaceAll(/%(?![0-9a-f]{2})/gi, '%25');
  const url = URL.canParse(encoded) ? new URL(encoded) : undefined;
  const usable =
    url !== undefined && ['http:', 'https:'].includes(url.protocol) && !/\s/.test(text) && isDecodable(url);
  return usable ? url : undefined;
}

function isDecodable({ username, password }: URL): boolean {
  try {
    decodeURIComponent(username + password);
    return true;
  } catch {
    return false;
  }
}

/**
 * The settings of the inputs, or of the environment where an input is empty. One proxy serves all targets, as in
 * configure-aws-credentials: `HTTPS_PROXY` precedes `HTTP_PROXY`, and upper case precedes lower case. A variable that is
 * not a proxy's URL is ignored.
 */
export function resolveProxy(
  inputs: { readonly httpProxy: URL | undefined; readonly noProxy: string | undefined },
  env: Environment,
) {
  const variables = [env.HTTPS_PROXY, env.https_proxy, env.HTTP_PROXY, env.http_proxy];
  const fromEnvironment = variables.flatMap((text) => (text ? (parseProxyUrl(text.trim()) ?? []) : []));
  return {
    httpProxy: inputs.httpProxy ?? fromEnvironment[0],
    noProxy: inputs.noProxy ?? (env.NO_PROXY || env.no_proxy || ''),
  };
}

/** {@link resolveProxy}, ready to use. */
export function proxySettings(inputs: Parameters<typeof resolveProxy>[0], env: Environment = {}) {
  const { httpProxy, noProxy } = resolveProxy(inputs, env);
  return { proxy: httpProxy, isExempt: exemption(noProxy) };
}

export type ProxySettings = ReturnType<typeof proxySettings>;

/** The secrets in a proxy's URL: the password, and the header that contains it. */
export function proxySecrets({ username, password }: URL): string[] {
  if (password === '') return [];
  const decoded = decodeURIComponent(password);
  const header = Buffer.from(`${decodeURIComponent(username)}:${decoded}`).toString('base64');
  return [...new Set([password, decoded, header])];
}

/**
 * Reads rules separated by commas or spaces: `*` for all targets; a name, with or without a leading dot or `*.`, for
 * itself and its subdomains; an address; a CIDR block. A name or an address can have a `:port`.
 */
export function exemption(rules: string): (target: URL) => boolean {
  const tests = [...rules.toLowerCase().matchAll(/[^\s,]+/g)].map(([rule]) => exemptionTest(rule));
  return (target) => tests.some((test) => test(target));
}

function exemptionTest(rule: string): (target: URL) => boolean {
  if (rule === '*') return () => true;
  const block = cidr(rule);
  if (block !== undefined) return (target) => contains(block, hostOf(target));

  // Only an address in brackets, or text with a single colon, can have a port.
  const [, host = rule, port] = /^(\[[^\]]+\]|[^:]+):(\d+)$/.exec(rule) ?? [];
  const name = bare(host).replace(/^\*?\./, '');
  return (target) => {
    const found = hostOf(target);
    const ownPort = target.port || (target.protocol === 'https:' ? '443' : '80');
    if (port !== undefined && port !== ownPort) return false;
    return found === name || (isIP(found) === 0 && found.endsWith(`.${name}`));
  };
}

function cidr(rule: string): BlockList | undefined {
  const [, address = '', bits = ''] = /^\[?([0-9a-f.:]+)\]?\/(\d{1,3})$/.exec(rule) ?? [];
  const family = isIP(address);
  if (family === 0 || Number(bits) > (family === 4 ? 32 : 128)) return undefined;
  const block = new BlockList();
  block.addSubnet(address, Number(bits), family === 4 ? 'ipv4' : 'ipv6');
  return block;
}

function contains(block: BlockList, host: string): boolean {
  const family = isIP(host);
  return family !== 0 && block.check(host, family === 4 ? 'ipv4' : 'ipv6');
}

function hostOf({ hostname }: URL): string {
  return bare(hostname);
}

/** A host without the brackets of an address, or the dot at the end of a name. */
function bare(host: string): string {
  return host.replace(/^\[|\]$/g, '').replace(/\.$/, '');
}

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
