import { endpointVariable } from '../aws/endpoints.ts';
import type { Credentials } from '../aws/session.ts';
import type { Config } from '../config/config.ts';
import type { Deadline } from '../platform/deadline.ts';
import type { Outside } from '../platform/host/outside.ts';
import type { Reporter } from '../platform/runner/runner.ts';
import type { Connection } from './connect.ts';
import type { FoundAccounts } from './organization-accounts.ts';

/** Who lists the accounts. */
export interface OrganizationCaller {
  readonly credentials: Credentials;
  /** The ARN of the caller, or a few words. */
  readonly name: string;
}

/**
 * The accounts that `accounts-from` and `account-filter` name. The client of AWS Organizations loads only here.
 *
 * @throws ActionError with one of the `ORGANIZATION…` codes, `PROXY_REFUSED` or `DEADLINE_EXCEEDED`
 */
export async function listAccounts(
  config: Config & { readonly accounts: NonNullable<Config['accounts']> },
  { credentials, name }: OrganizationCaller,
  connection: Connection,
  { outside, log, deadline }: { outside: Outside; log: Reporter; deadline: Deadline },
): Promise<FoundAccounts> {
  const { region, maxAttempts, accounts } = config;
  const endpoint = endpointVariable(outside.env, 'ORGANIZATIONS')?.text;
  const [{ createOrganizations }, { organizationAccounts }, agents, sts] = await Promise.all([
    import('../sts/organizations.ts'),
    import('./organization-accounts.ts'),
    connection.agentsFor(new URL(endpoint ?? 'https://organizations.amazonaws.com')),
    connection.sts(),
  ]);
  const api = createOrganizations({
    ...outside,
    region,
    endpoint,
    credentials,
    caller: name,
    agents,
    clockOffsetMs: sts.now() - outside.clock.now(),
    maxAttempts,
    deadline,
    log,
  });
  return organizationAccounts(accounts, api);
}
