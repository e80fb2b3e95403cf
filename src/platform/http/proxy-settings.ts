import { BlockList, isIP } from 'node:net';
import type { Environment } from '../environment.ts';

/** The proxy to use, and for which hosts not to. */
export interface ProxySettings {
  readonly proxy: URL | undefined;
  readonly isExempt: (target: URL) => boolean;
}

/** An http or https proxy; `host:port` alone is taken for http. A `%` that encodes nothing stands for itself. */
export function parseProxyUrl(text: string): URL | undefined {
  const withScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  const encoded = withScheme.replaceAll(/%(?![0-9a-f]{2})/gi, '%25');
  const url = URL.canParse(encoded) ? new URL(encoded) : undefined;
  const usable =
    url !== undefined &&
    /^https?:$/.test(url.protocol) &&
    url.hostname !== '' &&
    !/\s/.test(text) &&
    isDecodable(url);
  return usable ? url : undefined;
}

/** Whether user name and password are percent-encoded text. */
function isDecodable({ username, password }: URL): boolean {
  try {
    decodeURIComponent(username + password);
    return true;
  } catch {
    return false;
  }
}

/** A proxy and its exemptions, independent of any environment. */
export interface ResolvedProxy {
  readonly httpProxy: URL | undefined;
  /** As in `NO_PROXY`. */
  readonly noProxy: string;
}

/**
 * The settings of the inputs, else of the environment. One proxy serves all targets, as in the peer: `HTTPS_PROXY`
 * goes before `HTTP_PROXY`, upper case before lower case. A variable that is no proxy's URL is passed over.
 */
export function resolveProxy(
  inputs: { readonly httpProxy: URL | undefined; readonly noProxy: string | undefined },
  env: Environment,
): ResolvedProxy {
  const variables = [env.HTTPS_PROXY, env.https_proxy, env.HTTP_PROXY, env.http_proxy];
  const fromEnvironment = variables.flatMap((text) => (text ? (parseProxyUrl(text.trim()) ?? []) : []));
  return {
    httpProxy: inputs.httpProxy ?? fromEnvironment[0],
    noProxy: inputs.noProxy ?? (env.NO_PROXY || env.no_proxy || ''),
  };
}

/** What {@link resolveProxy} gives, ready to be used. */
export function proxySettings(
  inputs: Parameters<typeof resolveProxy>[0],
  env: Environment = {},
): ProxySettings {
  const { httpProxy, noProxy } = resolveProxy(inputs, env);
  return { proxy: httpProxy, isExempt: exemption(noProxy) };
}

/** What of a proxy's URL no log may show: password and the header made from it. */
export function proxySecrets({ username, password }: URL): string[] {
  if (password === '') return [];
  const decoded = decodeURIComponent(password);
  const header = Buffer.from(`${decodeURIComponent(username)}:${decoded}`).toString('base64');
  return [...new Set([password, decoded, header])];
}

/**
 * Reads rules separated by commas or spaces: `*` for all; a name for itself and its subdomains, with or without a
 * leading dot or `*.`; an address; a CIDR block; each but the last with an optional `:port`.
 */
export function exemption(rules: string): (target: URL) => boolean {
  const tests = rules
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((rule) => rule !== '')
    .map(exemptionTest);
  return (target) => tests.some((test) => test(target));
}

function exemptionTest(rule: string): (target: URL) => boolean {
  if (rule === '*') return () => true;
  const block = cidr(rule);
  if (block !== undefined) return (target) => contains(block, hostOf(target));

  // Only an address in brackets, or what has a single colon, can have a port behind it.
  const [, host = rule, port] = /^(\[[^\]]+\]|[^:]+):(\d+)$/.exec(rule) ?? [];
  const name = host
    .replace(/^\[|\]$/g, '')
    .replace(/^\*?\./, '')
    .replace(/\.$/, '');
  return (target) => {
    const found = hostOf(target);
    if (port !== undefined && port !== portOf(target)) return false;
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
  return hostname
    .toLowerCase()
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '');
}

function portOf({ port, protocol }: URL): string {
  return port || (protocol === 'https:' ? '443' : '80');
}
