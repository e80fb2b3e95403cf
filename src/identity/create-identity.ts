import type { IdentityConfig } from '../config/config.ts';
import type { Deadline } from '../deadline.ts';
import type { Outside } from '../outside.ts';
import { isForkPullRequest, type Job } from '../runner/job.ts';
import type { Reporter } from '../runner/runner.ts';
import { ambientIdentity } from './ambient.ts';
import { gitHubOidcIdentity, oidcPermissionMissing } from './github-oidc.ts';
import { heldCredentials, type Identity } from './identity.ts';
import { tokenFileIdentity } from './token-file.ts';

export interface IdentitySettings {
  readonly region: string;
  readonly maxAttempts: number;
  readonly deadline: Deadline;
  readonly job: Job;
}

/** An identity as it is configured. Nothing is asked of anybody before it is used. */
export function createIdentity(
  identity: IdentityConfig,
  { region, maxAttempts, deadline, job }: IdentitySettings,
  outside: Outside,
  reporter: Reporter,
): Identity {
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
    case 'ambient':
      return ambientIdentity({
        region,
        ignoreVariables: identity.ignoreVariables,
        env: outside.env,
        mask,
        missing: async () =>
          identity.insteadOfOidc ? oidcPermissionMissing(isFork, outside.env) : undefined,
      });
  }
}
