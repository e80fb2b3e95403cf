import http from 'node:http';
import https from 'node:https';
import type { ProxySettings } from './proxy-settings.ts';

/** What Node's HTTP clients open connections with, for both schemes. */
export interface Agents {
  readonly httpAgent: http.Agent;
  readonly httpsAgent: https.Agent;
}

/** Agents for requests to a URL, through the proxy or straight. All requests of one run share them. */
export type AgentsFor = (target: URL) => Promise<Agents>;

const OPTIONS = { keepAlive: true, maxSockets: 50 };

export function agentPool({ proxy, isExempt }: ProxySettings): AgentsFor {
  const direct: Agents = { httpAgent: new http.Agent(OPTIONS), httpsAgent: new https.Agent(OPTIONS) };
  let proxied: Promise<Agents> | undefined;
  return async (target) => {
    if (proxy === undefined || isExempt(target)) return direct;
    proxied ??= proxyAgents(proxy);
    return proxied;
  };
}

/** Loaded only when there is a proxy. */
async function proxyAgents(proxy: URL): Promise<Agents> {
  const [{ HttpProxyAgent }, { HttpsProxyAgent }] = await Promise.all([
    import('http-proxy-agent'),
    import('https-proxy-agent'),
  ]);
  return {
    httpAgent: new HttpProxyAgent(proxy, OPTIONS),
    // The agent is an `https.Agent` in all that Node's client asks of it, though not by inheritance.
    httpsAgent: new HttpsProxyAgent(proxy, OPTIONS) as unknown as https.Agent,
  };
}
