import http from 'node:http';
import https from 'node:https';
import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import type { ProxySettings } from './proxy-settings.ts';

export interface Agents {
  readonly httpAgent: http.Agent;
  readonly httpsAgent: https.Agent;
}

/** Returns the agents for requests to a URL, direct or through the proxy. All requests of a run share them. */
export type AgentsFor = (target: URL) => Promise<Agents>;

/** The number of connections has no limit of its own: `max-parallel` limits the requests. */
const OPTIONS = { keepAlive: true };

/** The agents for a run, and a way to open a direct connection to a target that a request will need soon. */
export function agentPool({ proxy, isExempt }: ProxySettings) {
  const direct = { httpAgent: new http.Agent(OPTIONS), httpsAgent: new EarlyAgent(OPTIONS) };
  const isDirect = (target: URL) => proxy === undefined || isExempt(target);
  let proxied: Promise<Agents> | undefined;
  return {
    async agentsFor(target: URL): Promise<Agents> {
      if (proxy === undefined || isDirect(target)) return direct;
      proxied ??= proxyAgents(proxy);
      return proxied;
    },
    connectEarly(target: URL): void {
      if (isDirect(target)) direct.httpsAgent.connectEarly(target);
    },
  };
}

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

/** An agent that opens a connection ahead of its request, so that the handshake with STS overlaps the OIDC request. */
class EarlyAgent extends https.Agent {
  readonly #waiting = new Map<string, TLSSocket>();

  /** Opens a connection to `target`. A failure has no effect: the request opens its own connection. */
  connectEarly(target: URL): void {
    const port = Number(target.port) || 443;
    const key = `${target.hostname}:${port}`;
    if (target.protocol !== 'https:' || this.#waiting.has(key)) return;
    const socket = super.createConnection({
      host: target.hostname,
      port,
      servername: target.hostname,
    }) as TLSSocket;
    this.#waiting.set(key, socket);
    const forget = () => {
      if (this.#waiting.get(key) === socket) this.#waiting.delete(key);
    };
    socket.on('error', forget).on('close', forget);
    socket.unref(); // an unused connection must not keep the process running
  }

  override createConnection(
    options: https.RequestOptions,
    callback?: (error: Error | null, stream: Duplex) => void,
  ): Duplex | null | undefined {
    const key = `${options.host}:${options.port}`;
    const socket = this.#waiting.get(key);
    if (socket === undefined) return super.createConnection(options, callback);
    this.#waiting.delete(key);
    return socket.ref();
  }
}
