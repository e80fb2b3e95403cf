import { awsTrust, defaultWorld, type Organization, type World } from '../../lab/world.ts';
import { HUB } from './harness.ts';

const ROOT = 'r-ab12';
export const WORKLOADS = 'ou-ab12-workload';
export const PROD = 'ou-ab12-prod0000';
export const SANDBOX = 'ou-ab12-sandbox0';
export const EMPTY = 'ou-ab12-empty000';

/** The management account is the hub of the default world. */
const MANAGEMENT = '111111111111';

/**
 * A world with an organization: the hub's account, and `accounts` in units. Each has a role `deploy` and a role `read` that
 * trust the hub.
 */
export function fleetWorld(accounts: Organization['accounts']): World {
  const world = defaultWorld();
  for (const { id } of accounts) {
    world.accounts[id] = {
      oidcProviders: [],
      roles: ['deploy', 'read'].map((name) => ({ name, trustPolicy: awsTrust(HUB) })),
    };
  }
  world.organization = {
    managementAccountId: MANAGEMENT,
    rootId: ROOT,
    units: [
      { id: WORKLOADS, name: 'workloads', parent: ROOT },
      { id: PROD, name: 'prod', parent: WORKLOADS },
      { id: SANDBOX, name: 'sandbox', parent: ROOT },
      { id: EMPTY, name: 'empty', parent: ROOT },
    ],
    accounts: [{ id: MANAGEMENT, name: 'management', parent: ROOT }, ...accounts],
  };
  return world;
}

/** Accounts of every kind. */
export const ACCOUNTS: Organization['accounts'] = [
  { id: '222222222222', name: 'dev', parent: WORKLOADS, tags: { stage: 'dev' } },
  { id: '333333333333', name: 'prod-eu', parent: PROD, tags: { stage: 'prod' } },
  { id: '444444444444', name: 'prod-us', parent: PROD, tags: { stage: 'prod', frozen: 'yes' } },
  { id: '555555555555', name: 'Büro & Co.', parent: SANDBOX },
  { id: '666666666666', name: 'prod-old', parent: PROD, state: 'SUSPENDED', tags: { stage: 'prod' } },
];

/** `length` accounts below the root, with names that differ. */
export function manyAccounts(length: number): Organization['accounts'] {
  return Array.from({ length }, (_, index) => ({
    id: String(700_000_000_000 + index),
    name: `app-${index}`,
    parent: WORKLOADS,
  }));
}
