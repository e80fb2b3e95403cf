import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Lab, startLab } from '../../../lab/lab.ts';
import { tokenVariables } from '../../../lab/runner-variables.ts';
import { systemClock } from '../../../src/platform/clock.ts';
import { startDeadline } from '../../../src/platform/deadline.ts';
import type { Environment } from '../../../src/platform/environment.ts';
import { sendHttp } from '../../../src/platform/http/http.ts';
import { connect, connectionSettings } from '../../../src/session/connect.ts';
import { listAccounts } from '../../../src/session/list-accounts.ts';
import { obtainSessions } from '../../../src/session/obtain-sessions.ts';
import { ACCOUNTS, fleetWorld, WORKLOADS } from '../../support/fleet.ts';
import { configOf, planOf } from '../plan/plan-of.ts';

const INPUTS = {
  'role-to-assume': 'arn:aws:iam::111111111111:role/deploy-hub',
  'accounts-from': WORKLOADS,
  'account-role': 'deploy',
  'account-filter': 'name=prod-*',
};

const nothing = () => {};
const log = { mask: nothing, debug: nothing, info: nothing, warning: nothing, group: nothing };
const outsideWith = (env: Environment) => ({
  env,
  clock: systemClock,
  random: () => 0,
  readJson: async () => ({}),
  http: sendHttp,
});

function configWithAccounts() {
  const config = configOf(INPUTS);
  if (config.accounts === undefined) throw new TypeError('no accounts');
  return { ...config, accounts: config.accounts };
}

const NO_CREDENTIALS = {
  accessKeyId: '',
  secretAccessKey: '',
  sessionToken: undefined,
  expiration: undefined,
};

let lab: Lab;
beforeAll(async () => {
  lab = await startLab({ world: fleetWorld(ACCOUNTS) });
});
afterAll(() => lab.close());

test('the session of the hub lists the accounts, at the endpoint of the variables', async () => {
  const env = {
    ...tokenVariables(lab),
    AWS_ENDPOINT_URL_STS: lab.sts.url,
    AWS_ENDPOINT_URL_ORGANIZATIONS: lab.organizations.url,
    GITHUB_REPOSITORY: 'octo-org/octo-app',
  };
  const config = configWithAccounts();
  const outside = outsideWith(env);
  const deadline = startDeadline(0, systemClock);
  const connection = connect(connectionSettings(config, env), outside, log, deadline);
  const plan = await planOf({ 'role-to-assume': INPUTS['role-to-assume'] });
  const [hub] = (await obtainSessions(plan, connection.identityOf, connection.sts())).values();
  if (hub === undefined || hub instanceof Error) throw hub;

  const { accounts, inactive, filtered } = await listAccounts(
    config,
    { credentials: hub.credentials, name: hub.arn },
    connection,
    { outside, log, deadline },
  );
  expect(accounts.map(({ name }) => name)).toEqual(['prod-eu', 'prod-us']);
  expect(inactive.map(({ name, state }) => [name, state])).toEqual([['prod-old', 'SUSPENDED']]);
  expect(filtered).toBe(1);
});

test.each<[Environment, string]>([
  [{}, 'https://organizations.amazonaws.com/'],
  [{ AWS_ENDPOINT_URL_ORGANIZATIONS: ' http://localhost:4566 ' }, 'http://localhost:4566/'],
])('with %j, the agents are those for %s', async (env, expected) => {
  const asked: string[] = [];
  const stop = new Error('enough');
  const config = configWithAccounts();
  const deadline = startDeadline(0, systemClock);
  const connection = {
    ...connect(connectionSettings(config, {}), outsideWith({}), log, deadline),
    agentsFor: (url: URL) => {
      asked.push(url.href);
      return Promise.reject(stop);
    },
    sts: () => Promise.reject(stop),
  };
  const caller = { credentials: NO_CREDENTIALS, name: 'x' };
  await expect(
    listAccounts(config, caller, connection, { outside: outsideWith(env), log, deadline }),
  ).rejects.toBe(stop);
  expect(asked).toEqual([expected]);
});
