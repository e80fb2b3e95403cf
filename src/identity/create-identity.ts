import type { Config, IdentityConfig } from '../config/config.ts';
import type { Deadline } from '../deadline.ts';
import type { Host } from '../host.ts';
import type { AgentsFor } from '../proxy/agents.ts';
import { isForkPullRequest, type Job } from '../runner/job.ts';
import { ambientIdentity } from './ambient.ts';
import { gitHubOidcIdentity, oidcPermissionMissing } from './github-oidc.ts';
import { heldCredentials, type Identity } from './identity.ts';
import { tokenFileIdentity } from './token-file.ts';

/** An identity as it is configured. Nothing is asked of anybody before it is used. */
export function createIdentity(
  identity: IdentityConfig,
  config: Config,
  host: Host,
  job: Job,
  deadline: Deadline,
  agentsFor: AgentsFor,
): Identity {
  const { runner, env } = host;
  const isFork = async () => isForkPullRequest(await host.readJson(job.eventPath));
  switch (identity.kind) {
    case 'github-oidc':
      return gitHubOidcIdentity({
        ...host,
        ...identity,
        http: async (request) => host.http({ ...request, agents: await agentsFor(request.url) }),
        deadline,
        maxAttempts: config.maxAttempts,
        log: runner,
        mask: runner.mask,
        isFork,
      });
    case 'web-identity-file':
      return tokenFileIdentity({ path: identity.path, workspace: job.workspace, mask: runner.mask });
    case 'static':
      return heldCredentials(identity.credentials);
    case 'saml':
      return identity;
    case 'ambient':
      return ambientIdentity({
        region: config.region,
        ignoreVariables: identity.ignoreVariables,
        env,
        mask: runner.mask,
        missing: async () => (identity.insteadOfOidc ? oidcPermissionMissing(isFork) : undefined),
      });
  }
}
