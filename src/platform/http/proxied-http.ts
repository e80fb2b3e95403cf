import { agentPool } from './agents.ts';
import type { HttpSend } from './http.ts';
import { type ProxySettings, proxySecrets } from './proxy-settings.ts';

/** Requests and agents for a run, direct or through the proxy, whose secrets are masked first. */
export function proxiedHttp(settings: ProxySettings, send: HttpSend, mask: (secret: string) => void) {
  if (settings.proxy !== undefined) for (const secret of proxySecrets(settings.proxy)) mask(secret);
  const { agentFor, ...pool } = agentPool(settings);
  const http: HttpSend = async (request) => send({ ...request, agent: await agentFor(request.url) });
  return { http, agentFor, ...pool };
}
