import http from 'node:http';
import type https from 'node:https';
import { earlyAgent } from './early-agent.ts';
import type { ProxySettings } from './proxy-settings.ts';

/** An agent by the names that clients of the SDK have for it. */
export interface Agents {
  readonly httpAgent: http.Agent;
  readonly httpsAgent: https.Agent;
}

/** The number of connections has no limit of its own: `max-parallel` limits the requests. */
const OPTIONS = { keepAlive: true };

/** The agents for a run, each made for its first request, and a way to open a direct connection ahead of a request. */
export function agentPool({ proxy, isExempt }: ProxySettings) {
  let plain: http.Agent | undefined;
  let secure: ReturnType<typeof earlyAgent> | undefined;
  let proxied: ReturnType<typeof proxyAgents> | undefined;
  const directTo = ({ protocol }: URL) => {
    if (protocol === 'https:') {
      secure ??= earlyAgent(OPTIONS);
      return secure.agent;
    }
    plain ??= new http.Agent(OPTIONS);
    return plain;
  };
  const isDirect = (target: URL) => proxy === undefined || isExempt(target);
  /** The agent for requests to a URL, direct or through the proxy. All requests of a run share it. */
  async function agentFor(target: URL): Promise<http.Agent> {
    if (proxy === undefined || isDirect(target)) return directTo(target);
    proxied ??= proxyAgents(proxy);
    return (await proxied)[target.protocol === 'https:' ? 'secure' : 'plain'];
  }
  return {
    agentFor,
    /** For clients of the SDK. */
    async agentsFor(target: URL): Promise<Agents> {
      const agent = await agentFor(target);
      return { httpAgent: agent, httpsAgent: agent as https.Agent };
    },
    connectEarly(target: URL): void {
      if (target.protocol !== 'https:' || !isDirect(target)) return;
      secure ??= earlyAgent(OPTIONS);
      secure.connectEarly(target);
    },
    /** Closes all connections. */
    close(): void {
      plain?.destroy();
      secure?.close();
      proxied?.then(
        (agents) => {
          agents.plain.destroy();
          agents.secure.destroy();
        },
        () => {},
      );
    },
  };
}

async function proxyAgents(proxy: URL) {
  const [{ HttpProxyAgent }, { HttpsProxyAgent }] = await Promise.all([
    import('http-proxy-agent'),
    import('https-proxy-agent'),
  ]);
  return { plain: new HttpProxyAgent(proxy, OPTIONS), secure: new HttpsProxyAgent(proxy, OPTIONS) };
}
