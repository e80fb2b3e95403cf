import { stsEndpoints } from '../aws/endpoints.ts';
import type { Config, IdentityConfig } from '../config/config.ts';
import type { DefaultChain } from '../identity/ambient.ts';
import { createIdentity } from '../identity/create-identity.ts';
import type { Identity } from '../identity/identity.ts';
import type { Deadline } from '../platform/deadline.ts';
import type { Environment } from '../platform/environment.ts';
import type { Outside } from '../platform/host/outside.ts';
import type { Agents } from '../platform/http/agents.ts';
import type { HttpSend } from '../platform/http/http.ts';
import { proxiedHttp } from '../platform/http/proxied-http.ts';
import { proxySettings, resolveProxy } from '../platform/http/proxy-settings.ts';
import { watchRequests } from '../platform/http/under-way.ts';
import { jobFromEnvironment } from '../platform/runner/job.ts';
import type { Reporter } from '../platform/runner/runner.ts';
import type { Sts } from '../sts/sts.ts';
import { userAgentOfJob } from '../sts/user-agent.ts';

/**
 * How to reach GitHub and STS. Made from the environment of the step, so that a later process that refreshes the sessions
 * uses the same endpoints as the step, whatever its own environment is.
 */
export function connectionSettings({ sts, session, delivery, ...config }: Config, env: Environment) {
  const { region, maxAttempts, throttledUntilDeadline, maxParallel, refusals } = config;
  const { plainSecret } = session;
  const { maskAccessKeyId, maskAccountId } = delivery;
  const endpoints = stsEndpoints(region, sts, env);
  const proxy = resolveProxy(sts.proxy, env);
  return {
    region,
    endpoints,
    proxy,
    maxAttempts,
    throttledUntilDeadline,
    maxParallel,
    refusals,
    plainSecret,
    maskAccessKeyId,
    maskAccountId,
  };
}

export type ConnectionSettings = Readonly<ReturnType<typeof connectionSettings>>;

export interface Connection {
  /** Returns the same identity for the same configuration, so that its sessions share one token. */
  identityOf(config: IdentityConfig): Identity;
  /** Requests, through the proxy if one is configured. */
  readonly http: HttpSend;
  /** For clients of the SDK. */
  agentsFor(target: URL): Promise<Agents>;
  /**
   * Loads the SDK at the first call. It is the largest part of the code, so it loads while the OIDC token is on its way: when
   * the request for it, which the caller starts in the same turn, has been written.
   */
  sts(): Promise<Sts>;
  /** Closes all connections. They would stay open as long as the process runs, or until the other side closes them. */
  close(): void;
}

export function connect(
  settings: ConnectionSettings,
  outside: Outside,
  reporter: Reporter,
  deadline: Deadline,
): Connection {
  const { env } = outside;
  const proxied = proxiedHttp(proxySettings(settings.proxy), outside.http, reporter.mask);
  const { http, underWay } = watchRequests(proxied.http);
  const job = jobFromEnvironment(env);
  const identities = new Map<string, Identity>();
  let sts: Promise<Sts> | undefined;

  const load = async () => {
    proxied.connectEarly(new URL(settings.endpoints[0].url));
    await underWay();
    const { createSts } = await import('../sts/sts.ts');
    const userAgent = userAgentOfJob(env);
    const { mask } = reporter;
    return createSts({ ...outside, ...settings, http, deadline, log: reporter, mask, userAgent });
  };
  return {
    http,
    agentsFor: proxied.agentsFor,
    close: proxied.close,
    identityOf(wanted) {
      const key = JSON.stringify(wanted);
      const identity =
        identities.get(key) ??
        createIdentity(wanted, { ...settings, deadline, job, defaultChain }, { ...outside, http }, reporter);
      identities.set(key, identity);
      return identity;
    },
    sts() {
      sts ??= load();
      return sts;
    },
  };
}

/** The SDK's default chain; its code is loaded at the first search. */
export const defaultChain: DefaultChain = async (region, variables) => {
  const { credentialsFromDefaultChain } = await (await import('../sts/sts.ts')).loadDefaultChain();
  return credentialsFromDefaultChain(region, variables);
};
