import type { Account } from '../aws/account.ts';
import { completeRole } from '../aws/arn.ts';
import type { AccountsConfig } from '../config/accounts-config.ts';
import type { Config } from '../config/config.ts';
import type { ProfileConfig } from '../config/profile.ts';
import type { ProfileList } from './profile-list.ts';

/** An account with the name of its profile. */
export interface NamedAccount extends Account {
  readonly profile: string;
}

/** Most names of accounts have at most 50 characters (Organizations API Reference, "Account"). */
const MAX_NAME_LENGTH = 100;

/**
 * Names profiles by their accounts: letters, digits, `_`, `.` and `-`, where `-` replaces all others. If names are the
 * same without regard to case, as GitHub compares names of environments, each has the ID of its account at its end, so a
 * name does not depend on the order of accounts. In the order of the names.
 */
export function nameAccounts(accounts: readonly Account[]): readonly NamedAccount[] {
  const withId = new Set<string>();
  const nameOf = (account: Account) => {
    const safe = safeName(account.name);
    if (safe === '') return account.id;
    return withId.has(account.id) ? `${safe}-${account.id}` : safe;
  };
  for (;;) {
    const byName = Map.groupBy(accounts, (account) => nameOf(account).toLowerCase());
    const colliding = [...byName]
      .filter(([name, { length }]) => length > 1 || name === 'default')
      .flatMap(([, those]) => those.filter(({ id }) => !withId.has(id)));
    if (colliding.length === 0) break;
    for (const { id } of colliding) withId.add(id);
  }
  return accounts
    .map((account) => ({ ...account, profile: nameOf(account) }))
    .toSorted((a, b) => compare(a.profile, b.profile));
}

function safeName(name: string): string {
  return name
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[^\w.-]+/g, '-')
    .replaceAll(/^[-.]+|[-.]+$/g, '')
    .slice(0, MAX_NAME_LENGTH);
}

/** By code units, as the order must not depend on the language of the runner. */
function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/**
 * The profiles of the accounts: each assumes the role in its account with the session of the caller.
 *
 * @param caller the profiles of the roles that lead to the caller; empty if the identity itself is the caller
 */
export function profilesOfAccounts(
  accounts: readonly NamedAccount[],
  { role }: AccountsConfig,
  { partition, session }: Config,
  { entries: caller }: Pick<ProfileList, 'entries'>,
): readonly ProfileConfig[] {
  const last = caller.at(-1);
  return accounts.map(({ id, profile, unit }) => ({
    name: profile,
    unit,
    role: completeRole(role, partition.id, id),
    source: last === undefined ? { kind: 'inputs' } : { kind: 'profile', name: last.name },
    externalId: session.externalId,
    mfaSerial: last === undefined ? session.mfaSerial : undefined,
    inlinePolicy: session.inlinePolicy,
    policyArns: session.policyArns,
    transitiveTagKeys: session.transitiveTagKeys,
    carried: [],
  }));
}
