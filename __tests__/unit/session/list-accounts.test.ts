import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Lab, startLab } from '../../../lab/lab.ts';
import { systemClock } from '../../../src/platform/clock.ts';
import { startDeadline } from '../../../src/platform/deadline.ts';
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

let lab: Lab;
beforeAll(async () => {
  lab = await startLab({ world: fleetWorld(ACCOUNTS) });
});
afterAll(() => lab.close());

test('the session of the hub lists the accounts, at the endpoint of the variables', async () => {
  const env = {
    ACTIONS_ID_TOKEN_REQUEST_URL: lab.oidc.requestUrl,
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: lab.oidc.bearer,
    AWS_ENDPOINT_URL_STS: lab.sts.url,
    AWS_ENDPOINT_URL_ORGANIZATIONS: lab.organizations.url,
    GITHUB_REPOSITORY: 'octo-org/octo-app',
  };
  const nothing = () => {};
  const log = { mask: nothing, debug: nothing, info: nothing, warning: nothing, group: nothing };
  const outside = { env, clock: systemClock, random: () => 0, readJson: async () => ({}), http: sendHttp };
  const config = configOf(INPUTS);
  if (config.accounts === undefined) throw new TypeError('no accounts');
  const deadline = startDeadline(0, systemClock);
  const connection = connect(connectionSettings(config, env), outside, log, deadline);
  const plan = await planOf({ 'role-to-assume': INPUTS['role-to-assume'] });
  const [hub] = (await obtainSessions(plan, connection.identityOf, connection.sts())).values();
  if (hub === undefined || hub instanceof Error) throw hub;

  const { accounts, inactive, filtered } = await listAccounts(
    { ...config, accounts: config.accounts },
    { credentials: hub.credentials, name: hub.arn },
    connection,
    { outside, log, deadline },
  );
  expect(accounts.map(({ name }) => name)).toEqual(['prod-eu', 'prod-us']);
  expect(inactive.map(({ name, state }) => [name, state])).toEqual([['prod-old', 'SUSPENDED']]);
  expect(filtered).toBe(1);
});
