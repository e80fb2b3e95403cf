import { describe, expect, test } from '@jest/globals';
import type { AccountsConfig } from '../../../src/config/accounts-config.ts';
import { accountFilter } from '../../../src/config/accounts-parsers.ts';
import { organizationAccounts } from '../../../src/session/organization-accounts.ts';
import type { Organizations } from '../../../src/sts/organizations.ts';

const ACTIVE = { state: 'ACTIVE' };
const DEV = { id: '222222222222', name: 'dev', ...ACTIVE };
const PROD_EU = { id: '333333333333', name: 'prod-eu', ...ACTIVE };
const PROD_US = { id: '444444444444', name: 'prod-us', ...ACTIVE };
const CLOSED = { id: '555555555555', name: 'prod-old', state: 'SUSPENDED' };

const WORKLOADS = 'ou-ab12-workload';
const PROD = 'ou-ab12-prod0000';
const ACCOUNTS: Readonly<Record<string, (typeof DEV)[]>> = {
  [WORKLOADS]: [DEV],
  [PROD]: [PROD_EU, PROD_US, CLOSED],
};
const TAGS: Readonly<Record<string, Record<string, string>>> = {
  [PROD_EU.id]: { stage: 'prod' },
  [PROD_US.id]: { stage: 'prod', frozen: 'yes' },
};

/** The accounts that the organization has for a configuration, and what was asked. */
async function found(parents: readonly string[], ...filter: readonly string[]) {
  const asked: string[] = [];
  const api: Organizations = {
    accounts: async (parent) => {
      asked.push(`accounts of ${parent ?? 'the organization'}`);
      return parent === undefined ? Object.values(ACCOUNTS).flat() : (ACCOUNTS[parent] ?? []);
    },
    unitsBelow: async (parent) => (parent === WORKLOADS ? [{ id: PROD, name: 'prod' }] : []),
    tags: async (id) => {
      asked.push(`tags of ${id}`);
      return new Map(Object.entries(TAGS[id] ?? {}));
    },
  };
  const parsed = filter.map((line) => {
    const read = accountFilter(line);
    if (!('value' in read)) throw new TypeError(`not a filter: ${line}`);
    return read.value;
  });
  return {
    ...(await organizationAccounts({ parents, filter: parsed } as unknown as AccountsConfig, api)),
    asked,
  };
}

describe('the accounts', () => {
  test('of the organization, without their units; those that are not active apart', async () => {
    expect(await found([])).toEqual({
      accounts: [DEV, PROD_EU, PROD_US],
      inactive: [CLOSED],
      filtered: 0,
      asked: ['accounts of the organization'],
    });
  });

  test('of a unit and of those below it, with their units', async () => {
    const { accounts, inactive } = await found([WORKLOADS]);
    const unit = `prod (${PROD})`;
    expect(accounts).toEqual([
      { ...DEV, unit: WORKLOADS },
      { ...PROD_EU, unit },
      { ...PROD_US, unit },
    ]);
    expect(inactive).toEqual([{ ...CLOSED, unit }]);
  });

  test('of units that overlap, each once', async () => {
    const { accounts } = await found([PROD, WORKLOADS]);
    expect(accounts.map(({ name }) => name)).toEqual(['prod-eu', 'prod-us', 'dev']);
  });
});

describe('the filter', () => {
  test.each<[string[], string[], number]>([
    [['name=prod-*'], ['prod-eu', 'prod-us'], 1],
    [['id=222222222222'], ['dev'], 2],
    [['name=prod-eu', 'name=dev'], ['dev', 'prod-eu'], 1],
    [['!name=dev'], ['prod-eu', 'prod-us'], 1],
    [['tag:stage=prod', '!tag:frozen=yes'], ['prod-eu'], 2],
    [['name=nobody'], [], 3],
  ])('%j', async (filter, names, filtered) => {
    const result = await found([], ...filter);
    expect(result.accounts.map(({ name }) => name)).toEqual(names);
    expect(result.filtered).toBe(filtered);
  });

  test('reads tags only if it needs them, of the accounts that its other lines let through', async () => {
    expect((await found([], 'name=prod-*')).asked).toEqual(['accounts of the organization']);
    expect((await found([], 'name=prod-eu', 'tag:stage=prod')).asked).toEqual([
      'accounts of the organization',
      `tags of ${PROD_EU.id}`,
    ]);
  });
});
