import type { IdentityConfig } from '../config/config.ts';
import type { Deadline } from '../platform/deadline.ts';
import type { Outside } from '../platform/host/outside.ts';
import { isForkPullRequest, type Job } from '../platform/runner/job.ts';
import type { Reporter } from '../platform/runner/runner.ts';
import { ambientIdentity, type DefaultChain } from './ambient.ts';
import { gitHubOidcIdentity, oidcPermissionMissing } from './github-oidc.ts';
import { heldCredentials, type Identity } from './identity.ts';
import { tokenFileIdentity } from './token-file.ts';

interface IdentitySettings {
  readonly region: string;
  readonly maxAttempts: number;
  readonly deadline: Deadline;
  readonly job: Job;
  readonly defaultChain: DefaultChain;
}

/** The configured identity. Sends no request until it is used. */
export function createIdentity(
  identity: IdentityConfig,
  { region, maxAttempts, deadline, job, defaultChain }: IdentitySettings,
  outside: Outside,
  reporter: Reporter,
): Identity {
  const { env } = outside;
  const { mask } = reporter;
  const isFork = async () => isForkPullRequest(await outside.readJson(job.eventPath));
  switch (identity.kind) {
    case 'github-oidc':
      return gitHubOidcIdentity({
        ...outside,
        ...identity,
        deadline,
        maxAttempts,
        log: reporter,
        mask,
        isFork,
      });
    case 'web-identity-file':
      return tokenFileIdentity({ path: identity.path, workspace: job.workspace, mask });
    case 'static':
      return heldCredentials(identity.credentials);
    case 'saml':
      return identity;
    case 'ambient': {
      const { ignoreVariables, insteadOfOidc } = identity;
      const missing = async () => (insteadOfOidc ? oidcPermissionMissing(isFork, env) : undefined);
      return ambientIdentity({ region, env, ignoreVariables, defaultChain, mask, missing });
    }
  }
}
