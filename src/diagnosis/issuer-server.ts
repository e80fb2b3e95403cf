import type { Environment } from '../platform/environment.ts';
import { GITHUB_PROVIDER, providerOf } from '../trust/statement.ts';

/**
 * The server that runs the workflow; undefined for github.com. Runners of Forgejo and Gitea set a variable. GitHub
 * Enterprise Server (GitHub Docs, "OpenID Connect on GitHub Enterprise Server") and GitHub Enterprise Cloud with data
 * residency have issuers with a URL of their own, as Forgejo has (Forgejo user guide, "Security OpenID Connect").
 *
 * @param issuer the URL of the token's issuer
 */
export function issuerServer(
  issuer: string,
  { FORGEJO_ACTIONS, GITEA_ACTIONS }: Pick<Environment, string> = {},
): string | undefined {
  const provider = providerOf(issuer);
  if (provider === GITHUB_PROVIDER || provider.startsWith(`${GITHUB_PROVIDER}/`)) return undefined;
  // Forgejo is a fork of Gitea, and its runner can set both variables.
  if (FORGEJO_ACTIONS === 'true') return 'Forgejo';
  if (GITEA_ACTIONS === 'true') return 'Gitea';
  if (/\.ghe\.com(\/|$)/.test(provider)) return 'GitHub Enterprise Cloud with data residency';
  if (/\/_services\/token(\/|$)/.test(provider)) return 'GitHub Enterprise Server';
  if (/\/api\/actions(\/|$)/.test(provider)) return 'Forgejo or Gitea';
  return 'a server other than github.com';
}
