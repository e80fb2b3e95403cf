import type { Account } from '../aws/account.ts';
import type { Config, ProfilesConfig } from '../config/config.ts';
import { select } from '../config/selection.ts';
import { type NamedAccount, nameAccounts, profilesOfAccounts } from '../plan/account-profiles.ts';
import { makePlan } from '../plan/make-plan.ts';
import type { Plan } from '../plan/plan.ts';
import type { ProfileList } from '../plan/profile-list.ts';
import type { Deadline } from '../platform/deadline.ts';
import { ActionError } from '../platform/errors.ts';
import type { Host } from '../platform/host/host.ts';
import type { Connection } from '../session/connect.ts';
import { reuseSessions } from '../session/known-sessions.ts';
import { listAccounts, type OrganizationCaller } from '../session/list-accounts.ts';
import type { Obtained } from '../session/obtain-sessions.ts';
import type { FoundAccounts } from '../session/organization-accounts.ts';

/** A configuration whose profiles are made from accounts. */
export type AccountsRun = Config & { readonly accounts: NonNullable<Config['accounts']> };

export function hasAccounts(config: Config): config is AccountsRun {
  return config.accounts !== undefined;
}

/** The roles that lead to the caller of AWS Organizations, and what obtaining their sessions brought. */
export interface CallerStage {
  readonly list: ProfileList;
  readonly plan: Plan;
  readonly outcomes: Obtained;
}

interface Surroundings {
  readonly connection: Connection;
  readonly host: Host;
  readonly deadline: Deadline;
}

/**
 * The configuration with a profile for each account, its plan, and a connection that has the sessions of the caller.
 *
 * @throws ActionError the failure of the caller, what `listAccounts` throws, `NO_ACCOUNT_LEFT`, or `INVALID_INPUT` for
 *   names of profiles that do not exist
 */
export async function withProfilesOfAccounts(
  config: AccountsRun,
  caller: CallerStage,
  surroundings: Surroundings,
): Promise<{ readonly config: Config; readonly plan: Plan; readonly connection: Connection }> {
  const named = await namedAccounts(config, caller, surroundings);
  const { accounts } = config;
  const leading = caller.list.entries.flatMap((entry) =>
    entry.role === undefined ? [] : { ...entry, role: entry.role },
  );
  const profiles: ProfilesConfig = {
    entries: [...leading, ...profilesOfAccounts(named, accounts, config, caller.list)],
    selected: named.map(({ profile }) => profile),
    default: accounts.defaultProfile,
    allowPartial: accounts.allowPartial,
    oidc: config.identity,
  };
  const complete = { ...config, profiles };
  const { connection } = surroundings;
  const { plan, withKnown } = reuseSessions(makePlan(profiles, complete), caller.plan, caller.outcomes);
  return {
    config: complete,
    plan,
    connection: { ...connection, sts: async () => withKnown(await connection.sts()) },
  };
}

/** The accounts to deliver, with the names of their profiles, after `account-filter` and `select-profiles`. */
export async function namedAccounts(
  config: AccountsRun,
  caller: CallerStage,
  { connection, host, deadline }: Surroundings,
): Promise<readonly NamedAccount[]> {
  const { runner } = host;
  const found = await listAccounts(config, await callerOf(config, caller, connection), connection, {
    outside: host,
    log: runner,
    deadline,
  });
  if (config.delivery.maskAccountId)
    for (const { id } of [...found.accounts, ...found.inactive]) runner.mask(id);
  if (found.accounts.length === 0) throw noAccountLeft(config, found);
  const named = nameAccounts(found.accounts);
  const selected = selectedFrom(named, config);
  const left = found.accounts.length - selected.length;
  runner.group(
    `AWS Organizations: ${countOf(selected)}${left > 0 ? `, ${left} not selected` : ''}${remarks(found)}`,
    [
      ...selected.map(({ profile, id, name }) => `${profile} (${id})${profile === name ? '' : `: ${name}`}`),
      ...found.inactive.map((account) => `left out: ${describe(account)}`),
    ],
  );
  return selected;
}

async function callerOf(
  { identity }: Config,
  { list, outcomes }: CallerStage,
  { identityOf }: Connection,
): Promise<OrganizationCaller> {
  const last = list.entries.at(-1);
  if (last === undefined) {
    const own = identityOf(identity);
    if (own.kind !== 'credentials') throw new TypeError(`an identity of kind ${own.kind} without a role`);
    return { credentials: await own.credentials(), name: 'the credentials of the step' };
  }
  const outcome = outcomes.get(last.name);
  if (outcome === undefined) throw new TypeError(`the plan has no session of ${last.name}`);
  if (outcome instanceof ActionError) throw outcome;
  return { credentials: outcome.credentials, name: outcome.arn };
}

function selectedFrom(named: readonly NamedAccount[], { accounts }: AccountsRun): readonly NamedAccount[] {
  const names = named.map(({ profile }) => profile);
  const { selected, unknown } = select(accounts.selectProfiles, names);
  const { defaultProfile } = accounts;
  if (unknown.length > 0 || selected.size === 0)
    throw unknownNames(
      'select-profiles',
      unknown.join(', ') || (accounts.selectProfiles ?? []).join(', '),
      names,
    );
  if (defaultProfile !== undefined && !selected.has(defaultProfile))
    throw unknownNames('default-profile', defaultProfile, [...selected]);
  return named.filter(({ profile }) => selected.has(profile));
}

const MAX_NAMES = 20;

function unknownNames(input: string, found: string, names: readonly string[]): ActionError {
  const shown = names.slice(0, MAX_NAMES).join(', ');
  const more = names.length > MAX_NAMES ? ` and ${names.length - MAX_NAMES} more` : '';
  return new ActionError('INVALID_INPUT', {
    problem: `The input ${input} names no profile of an account.`,
    found,
    expected: `names of profiles, which are made of the names of accounts: ${shown}${more}`,
    remedy: 'Correct the names. account-filter also selects by the ID and the tags of accounts.',
  });
}

function noAccountLeft({ accounts }: AccountsRun, { inactive, filtered }: FoundAccounts): ActionError {
  const from = accounts.parents.join(', ') || 'the organization';
  const causes = [
    ...(filtered > 0 ? [`${countOf({ length: filtered })} that account-filter leaves out`] : []),
    ...(inactive.length > 0 ? [`${inactive.length} not active: ${inactive.map(describe).join(', ')}`] : []),
  ];
  return new ActionError('NO_ACCOUNT_LEFT', {
    problem: `No account of ${from} is left (accounts-from).`,
    found: causes.join(', and ') || 'no account at all',
    expected: 'at least one active account that passes account-filter',
    remedy:
      filtered > 0
        ? 'Correct account-filter. Letter case counts, and * stands for any characters.'
        : 'Correct accounts-from, or skip the step for units without accounts.',
  });
}

function remarks({ inactive, filtered }: FoundAccounts): string {
  return [
    ...(filtered > 0 ? [`, ${filtered} left out by account-filter`] : []),
    ...(inactive.length > 0 ? [`, ${inactive.length} left out as not active`] : []),
  ].join('');
}

function describe({ name, id, state }: Account): string {
  return `${name} (${id}), ${state}`;
}

function countOf({ length }: { readonly length: number }): string {
  return `${length} account${length === 1 ? '' : 's'}`;
}
