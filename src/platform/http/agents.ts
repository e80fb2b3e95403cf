import http from 'node:http';
import type https from 'node:https';
import { EarlyAgent } from './early-agent.ts';
import type { ProxySettings } from './proxy-settings.ts';

/** The agents with which Node's HTTP clients open connections, for both schemes. */
export interface Agents {
  readonly httpAgent: http.Agent;
  readonly httpsAgent: https.Agent;
}

/** Returns the agents for requests to a URL, direct or through the proxy. All requests of a run share them. */
export type AgentsFor = (target: URL) => Promise<Agents>;

export interface AgentPool {
  readonly agentsFor: AgentsFor;
  /** Opens a direct connection to a target that a request will need soon. Does nothing for a target behind the proxy. */
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

/** Loads the proxy agents, which a run without a proxy does not need. */
async function proxyAgents(proxy: URL): Promise<Agents> {
  const [{ HttpProxyAgent }, { HttpsProxyAgent }] = await Promise.all([
    import('http-proxy-agent'),
    import('https-proxy-agent'),
  ]);
  return {
    httpAgent: new HttpProxyAgent(proxy, OPTIONS),
    // The agent has every member of `https.Agent` that Node's client uses, but does not inherit from it.
    httpsAgent: new HttpsProxyAgent(proxy, OPTIONS) as unknown as https.Agent,
  };
}
