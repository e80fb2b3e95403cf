import type { StsEndpoint } from '../aws/endpoints.ts';
import { stsEndpoints } from '../aws/endpoints.ts';
import type { Config, IdentityConfig } from '../config/config.ts';
import { createIdentity } from '../identity/create-identity.ts';
import type { Identity } from '../identity/identity.ts';
import type { Deadline } from '../platform/deadline.ts';
import type { Environment } from '../platform/environment.ts';
import type { Outside } from '../platform/host/outside.ts';
import { agentPool } from '../platform/http/agents.ts';
import type { HttpGet } from '../platform/http/http.ts';
import {
  proxySecrets,
  proxySettings,
  type ResolvedProxy,
  resolveProxy,
} from '../platform/http/proxy-settings.ts';
import { jobFromEnvironment } from '../platform/runner/job.ts';
import type { Reporter } from '../platform/runner/runner.ts';
import type { Sts } from '../sts/sts.ts';
import { userAgentOfJob } from '../sts/user-agent.ts';
import { defaultChain } from './default-chain.ts';

/**
 * How to reach GitHub and STS, apart from what is asked there. Variables had their say when it was made: a later process
 * that obtains the sessions again asks where the step asked, whatever its own environment says.
 */
export interface ConnectionSettings extends Pick<Config, 'region' | 'maxAttempts' | 'refusals'> {
  /** In the order in which they are tried. */
  readonly endpoints: readonly [StsEndpoint, ...StsEndpoint[]];
  readonly proxy: ResolvedProxy;
  readonly plainSecret: boolean;
  readonly maskAccessKeyId: boolean;
  readonly maskAccountId: boolean;
}

/** What configuration and environment say about how to reach GitHub and STS. */
export function connectionSettings(
  { region, sts, maxAttempts, refusals, session, delivery }: Config,
  env: Environment,
): ConnectionSettings {
  const { plainSecret } = session;
  const { maskAccessKeyId, maskAccountId } = delivery;
  const endpoints = stsEndpoints(region, sts, env);
  const proxy = resolveProxy(sts.proxy, env);
  return { region, endpoints, proxy, maxAttempts, refusals, plainSecret, maskAccessKeyId, maskAccountId };
}

/** What sessions are obtained with. */
export interface Connection {
  /** The same identity for the same configuration, so that sessions that start from the same share its token. */
  identityOf(config: IdentityConfig): Identity;
  /** GET requests, through the proxy where there is one. */
  readonly http: HttpGet;
  /** Loads the SDK at the first call: it is most of what there is to load, and comes while a proof is on its way. */
  sts(): Promise<Sts>;
}

export function connect(
  settings: ConnectionSettings,
  outside: Outside,
  reporter: Reporter,
  deadline: Deadline,
): Connection {
  const { env } = outside;
  const proxy = proxySettings(settings.proxy);
  for (const secret of proxy.proxy === undefined ? [] : proxySecrets(proxy.proxy)) reporter.mask(secret);
  const { agentsFor, connectEarly } = agentPool(proxy);
  const http: HttpGet = async (request) => outside.http({ ...request, agents: await agentsFor(request.url) });
  const job = jobFromEnvironment(env);
  const identities = new Map<string, Identity>();
  let sts: Promise<Sts> | undefined;

  const load = async () => {
    const { endpoints } = settings;
    connectEarly(new URL(endpoints[0].url));
    const { createSts } = await import('../sts/index.ts');
    return createSts({
      ...outside,
      endpoints,
      agentsFor,
      maxAttempts: settings.maxAttempts,
      refusals: settings.refusals,
      deadline,
      log: reporter,
      mask: reporter.mask,
      maskAccessKeyId: settings.maskAccessKeyId,
      maskAccountId: settings.maskAccountId,
      userAgent: userAgentOfJob(env),
      plainSecret: settings.plainSecret,
    });
  };
  return {
    http,
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
