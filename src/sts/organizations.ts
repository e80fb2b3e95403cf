import {
  ListAccountsCommand,
  ListAccountsForParentCommand,
  ListOrganizationalUnitsForParentCommand,
  ListTagsForResourceCommand,
  OrganizationsClient,
} from '@aws-sdk/client-organizations';
import type { Account, Unit } from '../aws/account.ts';
import { isTrue } from '../aws/endpoints.ts';
import type { Clock } from '../platform/clock.ts';
import type { Deadline } from '../platform/deadline.ts';
import type { Environment } from '../platform/environment.ts';
import { describeRetry, withRetry } from '../platform/retry.ts';
import type { Log } from '../platform/runner/runner.ts';
import { nameOfError } from '../platform/trace.ts';
import { type ClientConnection, clientSettings } from './client-settings.ts';
import { limitAnswers } from './limit-answers.ts';
import { OrganizationsFailure, organizationsFailure } from './organizations-failures.ts';

export interface OrganizationsConnection extends ClientConnection {
  /** The ARN of the caller, or a few words. */
  readonly caller: string;
  /** Milliseconds to add to the runner's clock for signatures. */
  readonly clockOffsetMs: number;
  readonly env: Environment;
  readonly maxAttempts: number;
  readonly deadline: Deadline;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
}

/** The requests to AWS Organizations. Each follows all pages, and retries what can succeed later. */
export interface Organizations {
  /** @param parent the ID of an organizational unit or root; undefined for all accounts */
  accounts(parent: string | undefined): Promise<readonly Account[]>;
  /** The organizational units directly below a unit or root. */
  unitsBelow(parent: string): Promise<readonly Unit[]>;
  tags(accountId: string): Promise<ReadonlyMap<string, string>>;
}

interface Page<T> {
  readonly items: readonly T[] | undefined;
  readonly next: string | undefined;
}

/** Organizations API Reference. Errors are {@link OrganizationsFailure}, or `DEADLINE_EXCEEDED`. */
export function createOrganizations(connection: OrganizationsConnection): Organizations {
  const client = createClient(connection);
  const { deadline, clock, log } = connection;

  /** A page may be empty and have another one after it. */
  async function all<T>(
    operation: string,
    target: string | undefined,
    page: (token: string | undefined) => Promise<Page<T>>,
  ): Promise<readonly T[]> {
    const items: T[] = [];
    let token: string | undefined;
    do {
      const next = token;
      const answer = await retried(operation, target, () => page(next));
      items.push(...(answer.items ?? []));
      token = answer.next || undefined;
    } while (token !== undefined);
    return items;
  }

  function retried<T>(operation: string, target: string | undefined, send: () => Promise<T>): Promise<T> {
    const once = async () => {
      const startedAt = clock.now();
      const note = (outcome: string) =>
        log.debug(
          `${operation}${target === undefined ? '' : ` of ${target}`}: ${clock.now() - startedAt} ms, ${outcome}`,
        );
      try {
        const answer = await send();
        note('succeeded');
        return answer;
      } catch (error) {
        note(`failed: ${nameOfError(error)}`);
        if (deadline.signal.aborted) throw deadline.exceeded();
        throw organizationsFailure(error, { operation, target, caller: connection.caller });
      }
    };
    return withRetry(once, {
      ...connection,
      classify: (error) => (error instanceof OrganizationsFailure ? error.failure : 'final'),
      onRetry: (event) => log.info(`${operation}: ${describeRetry(event, event.failure)}`),
    });
  }

  const abort = { abortSignal: deadline.signal };
  return {
    accounts: async (parent) => {
      const operation = parent === undefined ? 'ListAccounts' : 'ListAccountsForParent';
      const found = await all(operation, parent, async (token) => {
        const { Accounts, NextToken } = await (parent === undefined
          ? client.send(new ListAccountsCommand({ NextToken: token }), abort)
          : client.send(new ListAccountsForParentCommand({ ParentId: parent, NextToken: token }), abort));
        return { items: Accounts, next: NextToken };
      });
      // `Status` is what `State` replaced in 2026.
      return found.flatMap(({ Id, Name = '', State, Status }) =>
        Id === undefined ? [] : { id: Id, name: Name, state: State ?? Status ?? 'UNKNOWN' },
      );
    },
    unitsBelow: async (parent) => {
      const units = await all('ListOrganizationalUnitsForParent', parent, async (token) => {
        const command = new ListOrganizationalUnitsForParentCommand({ ParentId: parent, NextToken: token });
        const { OrganizationalUnits, NextToken } = await client.send(command, abort);
        return { items: OrganizationalUnits, next: NextToken };
      });
      return units.flatMap(({ Id, Name = '' }) => (Id === undefined ? [] : { id: Id, name: Name }));
    },
    tags: async (accountId) => {
      const tags = await all('ListTagsForResource', accountId, async (token) => {
        const command = new ListTagsForResourceCommand({ ResourceId: accountId, NextToken: token });
        const { Tags, NextToken } = await client.send(command, abort);
        return { items: Tags, next: NextToken };
      });
      return new Map(tags.map(({ Key = '', Value = '' }) => [Key, Value]));
    },
  };
}

function createClient(connection: OrganizationsConnection): OrganizationsClient {
  const { endpoint, clockOffsetMs, env } = connection;
  const { requestHandler, ...settings } = clientSettings(connection);
  const client = new OrganizationsClient({
    ...settings,
    requestHandler: { ...requestHandler, throwOnRequestTimeout: true },
    // Retried here; two layers would multiply the attempts.
    maxAttempts: 1,
    useFipsEndpoint: endpoint === undefined && isTrue(env.AWS_USE_FIPS_ENDPOINT),
    useDualstackEndpoint: endpoint === undefined && isTrue(env.AWS_USE_DUALSTACK_ENDPOINT),
    authSchemePreference: ['sigv4'],
    systemClockOffset: clockOffsetMs,
  });
  limitAnswers(client);
  return client;
}
