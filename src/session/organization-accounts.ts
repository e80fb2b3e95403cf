import pLimit from 'p-limit';
import type { Account, Unit } from '../aws/account.ts';
import { type AccountsConfig, passes } from '../config/accounts-config.ts';
import { distinctBy } from '../platform/distinct.ts';
import type { Organizations } from '../sts/organizations.ts';

/** AWS Organizations allows few requests per second for all callers of an organization. */
const MAX_PARALLEL = 4;

const TAG = 'tag:';

export interface FoundAccounts {
  readonly accounts: readonly Account[];
  /** Accounts that are suspended, closed, or not ready yet. Nothing can assume a role in them. */
  readonly inactive: readonly Account[];
  /** The number of active accounts that the filter leaves out. */
  readonly filtered: number;
}

/**
 * The active accounts that pass the filter. An organizational unit stands for its accounts and those of all units below
 * it. Reads the tags of an account only if the filter needs them and its other lines let the account through.
 *
 * @throws ActionError what `api` throws
 */
export async function organizationAccounts(
  { parents, filter }: AccountsConfig,
  api: Organizations,
): Promise<FoundAccounts> {
  const limited = pLimit(MAX_PARALLEL);
  const below = async ({ id, name }: Unit): Promise<readonly Account[]> => {
    const [own, units] = await Promise.all([
      limited(() => api.accounts(id)),
      limited(() => api.unitsBelow(id)),
    ]);
    const unit = name === '' ? id : `${name} (${id})`;
    return [...own.map((account) => ({ ...account, unit })), ...(await Promise.all(units.map(below))).flat()];
  };
  const found =
    parents.length === 0
      ? await api.accounts(undefined)
      : (await Promise.all(parents.map((id) => below({ id, name: '' })))).flat();
  const all = distinctBy(found, ({ id }) => id);
  const active = all.filter(({ state }) => state === 'ACTIVE');

  const ofTags = filter.filter(({ subject }) => subject.startsWith(TAG));
  const others = filter.filter(({ subject }) => !subject.startsWith(TAG));
  const byName = active.filter(({ id, name }) => passes(others, (subject) => (subject === 'id' ? id : name)));
  const isTagged = async ({ id }: Account) => {
    const tags = ofTags.length === 0 ? new Map<string, string>() : await limited(() => api.tags(id));
    return passes(ofTags, (subject) => tags.get(subject.slice(TAG.length)));
  };
  const tagged = await Promise.all(byName.map(isTagged));
  const accounts = byName.filter((_, index) => tagged[index]);
  return {
    accounts,
    inactive: all.filter(({ state }) => state !== 'ACTIVE'),
    filtered: active.length - accounts.length,
  };
}
