import http from 'node:http';
import type https from 'node:https';
import { EarlyAgent } from './early-agent.ts';
import type { ProxySettings } from './proxy-settings.ts';

/** What Node's HTTP clients open connections with, for both schemes. */
export interface Agents {
  readonly httpAgent: http.Agent;
  readonly httpsAgent: https.Agent;
}

/** Agents for requests to a URL, through the proxy or straight. All requests of one run share them. */
export type AgentsFor = (target: URL) => Promise<Agents>;

export interface AgentPool {
  readonly agentsFor: AgentsFor;
  /** Opens a connection to a target that will be asked soon; through a proxy that waits until it is. */
  readonly connectEarly: (target: URL) => void;
}

const OPTIONS = { keepAlive: true, maxSockets: 50 };

export function agentPool({ proxy, isExempt }: ProxySettings): AgentPool {
  const direct = { httpAgent: new http.Agent(OPTIONS), httpsAgent: new EarlyAgent(OPTIONS) };
  const isDirect = (target: URL) => proxy === undefined || isExempt(target);
  let proxied: Promise<Agents> | undefined;
  return {
    async agentsFor(target) {
      if (proxy === undefined || isDirect(target)) return direct;
      proxied ??= proxyAgents(proxy);
      return proxied;
    },
    connectEarly(target) {
      if (isDirect(target)) direct.httpsAgent.connectEarly(target);
    },
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
