import { agentPool } from './agents.ts';
import type { HttpGet } from './http.ts';
import { type ProxySettings, proxySecrets } from './proxy-settings.ts';

/** GET requests and agents for a run, direct or through the proxy, whose secrets are masked first. */
export function proxiedHttp(settings: ProxySettings, get: HttpGet, mask: (secret: string) => void) {
  if (settings.proxy !== undefined) for (const secret of proxySecrets(settings.proxy)) mask(secret);
  const { agentsFor, connectEarly } = agentPool(settings);
  const http: HttpGet = async (request) => get({ ...request, agents: await agentsFor(request.url) });
  return { http, agentsFor, connectEarly };
}
