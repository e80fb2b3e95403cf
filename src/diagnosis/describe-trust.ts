import type { Config } from '../config/config.ts';
import type { Claims } from '../identity/claims.ts';
import type { RoleSessionRequest } from '../plan/plan.ts';
import type { Host } from '../platform/host/host.ts';
import { trustPageLink } from '../platform/runner/docs-link.ts';
import { setupOf } from '../trust/job-setup.ts';
import { createProviderCommand, createRoleCommands } from '../trust/render/aws-cli.ts';
import { DEFAULT_SESSION_SECONDS } from '../trust/render/role-setup.ts';
import { fragmentOf } from '../trust/setup-link.ts';
import { EXTERNAL_ID, providerOf, type TrustStatement } from '../trust/statement.ts';
import { issuerServer } from './issuer-server.ts';

export const LINK_TITLE = 'This job on a page that checks trust policies';

/** A statement with its title, and what to replace in it. */
export function describeStatement(statement: TrustStatement): string[] {
  const hasExternalId = statement.Condition?.StringEquals?.['sts:ExternalId'] !== undefined;
  const hint = `Replace ${EXTERNAL_ID} with role-external-id, or external_id of the profile. The log does not show it.`;
  return [
    'A trust policy statement for exactly this run',
    ...JSON.stringify(statement, undefined, 2)
      .split('\n')
      .map((line) => `  ${line}`),
    ...(hasExternalId ? [hint] : []),
  ];
}

/** The AWS CLI commands that create the role of a request with this statement, and the identity provider of a token. */
export function setupCommands(
  request: RoleSessionRequest,
  claims: Claims | undefined,
  statement: TrustStatement,
): string[] {
  const { role } = request;
  const seconds = 'duration' in request && request.duration.kind === 'seconds' ? request.duration.seconds : 0;
  const setup = {
    role,
    statements: [statement],
    maxSessionSeconds: Math.max(seconds, DEFAULT_SESSION_SECONDS),
  };
  const provider = claims === undefined ? [] : [providerCommand(claims), ''];
  return [...provider, ...createRoleCommands(setup).split('\n')];
}

/** The AWS CLI command that creates the identity provider of a token. */
export function providerCommand({ iss, aud }: Claims): string {
  const [audience = ''] = [aud].flat().map(String);
  return createProviderCommand({ issuer: `https://${providerOf(String(iss))}`, audience });
}

/**
 * A link to the page about trust policies, with the job of a token filled in. Undefined for servers other than github.com.
 * The log would mask a hidden account ID in the middle of the link, so the link leaves it out.
 */
export function pageLink(
  claims: Claims,
  { role }: Pick<RoleSessionRequest, 'role'>,
  { config, host }: { readonly config: Config; readonly host: Host },
): string | undefined {
  if (issuerServer(String(claims.iss), host.env) !== undefined) return undefined;
  const { partition, path, name } = role;
  const accountId = config.delivery.maskAccountId ? '' : role.accountId;
  const setup = setupOf(claims, { partition, accountId, role: path.slice(1) + name });
  return trustPageLink(fragmentOf(setup), host.env);
}
