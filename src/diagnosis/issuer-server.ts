import type { Environment } from '../platform/environment.ts';
import { GITHUB_PROVIDER, providerOf } from '../trust/statement.ts';

/**
 * What runs the workflows, where that is not github.com; undefined where it is. The runners of Forgejo and Gitea set a
 * variable; GitHub Enterprise Server has an issuer of its own form (GitHub Docs, "OpenID Connect on GitHub Enterprise
 * Server"), and so has GitHub Enterprise Cloud with data residency.
 *
 * @param issuer the URL of the token's issuer
 */
export function issuerServer(
  issuer: string,
  { FORGEJO_ACTIONS, GITEA_ACTIONS }: Pick<Environment, string> = {},
): string | undefined {
  const provider = providerOf(issuer);
  if (provider === GITHUB_PROVIDER || provider.startsWith(`${GITHUB_PROVIDER}/`)) return undefined;
  // Forgejo came out of Gitea, and a runner may set the variables of both.
  if (FORGEJO_ACTIONS === 'true') return 'Forgejo';
  if (GITEA_ACTIONS === 'true') return 'Gitea';
  if (/\.ghe\.com(\/|$)/.test(provider)) return 'GitHub Enterprise Cloud with data residency';
  if (/\/_services\/token(\/|$)/.test(provider)) return 'GitHub Enterprise Server';
  return 'a server other than github.com';
}
