import { describe, expect, test } from '@jest/globals';
import type { Organization } from '../../lab/world.ts';
import { ACCOUNTS, EMPTY, fleetWorld, manyAccounts, PROD, SANDBOX, WORKLOADS } from '../support/fleet.ts';
import { DEPLOY, errorOf, HUB, NO_TRACES, type TestJob, traces, withJob } from '../support/harness.ts';
import { times } from '../support/soak.ts';

const FROM = {
  'aws-region': 'eu-west-1',
  'role-to-assume': HUB,
  'accounts-from': 'organization',
  'account-role': 'deploy',
};
const WITHOUT_HUB = { ...FROM, 'account-filter': '!name=management' };

/** A job in an organization with these accounts. */
const inFleet = (run: (context: TestJob) => Promise<void>, accounts: Organization['accounts'] = ACCOUNTS) =>
  withJob({ world: fleetWorld(accounts) }, run);

const profilesOf = ({ outputs }: { outputs: Readonly<Record<string, string>> }) =>
  JSON.parse(outputs.profiles ?? '') as Record<string, { account: string; arn: string }>;

const requestsOf = ({ lab }: TestJob, name: string) =>
  lab.traffic.requests.filter(({ operation }) => operation === name);

describe('accounts-from', () => {
  test('a profile for each active account, by the session of the hub', () =>
    inFleet(async (context) => {
      const step = await context.uses(WITHOUT_HUB);
      expect(step.exitCode).toBe(0);
      const profiles = profilesOf(step);
      expect(Object.entries(profiles).map(([name, { account }]) => [name, account])).toEqual([
        ['Buro-Co', '555555555555'],
        ['dev', '222222222222'],
        ['prod-eu', '333333333333'],
        ['prod-us', '444444444444'],
      ]);
      expect(profiles.dev?.arn).toContain(':assumed-role/deploy/');
      expect(step.environment.AWS_ACCESS_KEY_ID).toBeUndefined();
      expect(step.log).toContain(
        'AWS Organizations: 4 accounts, 1 left out by account-filter, 1 left out as not active',
      );
      expect(step.log).toContain('left out: prod-old (666666666666), SUSPENDED');
      expect(step.log).toContain('Buro-Co (555555555555): Büro & Co.');
      // The hub once, for the list and for the accounts.
      expect(context.lab.traffic.counts()).toMatchObject({ oidc: 1, sts: 5, AssumeRoleWithWebIdentity: 1 });
      const [hub] = requestsOf(context, 'AssumeRoleWithWebIdentity');
      expect(hub?.parameters.DurationSeconds).toBe('900');
      expect(requestsOf(context, 'ListTagsForResource')).toEqual([]);
      await context.finish();
    }));

  test.each<[string, Record<string, string>, string[]]>([
    ['a unit, with the units below it', { 'accounts-from': WORKLOADS }, ['dev', 'prod-eu', 'prod-us']],
    ['several units', { 'accounts-from': `${PROD}, ${SANDBOX}` }, ['Buro-Co', 'prod-eu', 'prod-us']],
    ['units that overlap', { 'accounts-from': `${PROD} ${WORKLOADS}` }, ['dev', 'prod-eu', 'prod-us']],
    ['a pattern of names', { 'account-filter': 'name=prod-*' }, ['prod-eu', 'prod-us']],
    ['one of several names', { 'account-filter': 'name=prod-eu\nname=dev' }, ['dev', 'prod-eu']],
    ['an ID', { 'account-filter': 'id=222222222222' }, ['dev']],
    ['a tag', { 'account-filter': 'tag:stage=prod' }, ['prod-eu', 'prod-us']],
    ['a tag, and not another', { 'account-filter': 'tag:stage=*\n!tag:frozen=yes' }, ['dev', 'prod-eu']],
    ['select-profiles', { ...WITHOUT_HUB, 'select-profiles': 'prod-* !prod-us' }, ['prod-eu']],
  ])('%s', (_what, inputs, names) =>
    inFleet(async ({ uses }) => {
      expect(Object.keys(profilesOf(await uses({ ...FROM, ...inputs })))).toEqual(names);
    }),
  );

  test('the receipt groups the sessions by organizational unit', () =>
    inFleet(async ({ uses }) => {
      const inputs = { 'accounts-from': WORKLOADS, 'job-summary': 'true' };
      const step = await uses({ ...FROM, ...inputs });
      const { sessions } = JSON.parse(step.outputs.receipt ?? '') as {
        sessions: { profile: string; unit?: string }[];
      };
      expect(sessions.map(({ profile, unit }) => [profile, unit])).toEqual([
        ['dev', WORKLOADS],
        ['prod-eu', `prod (${PROD})`],
        ['prod-us', `prod (${PROD})`],
      ]);
      expect(step.summary).toContain(`prod (${PROD})`);
    }));

  test('reads the tags only of accounts that the other lines let through', () =>
    inFleet(async (context) => {
      await context.uses({ ...FROM, 'account-filter': 'name=prod-*\ntag:stage=prod' });
      expect(
        requestsOf(context, 'ListTagsForResource').map(({ parameters }) => parameters.ResourceId),
      ).toEqual(expect.arrayContaining(['333333333333', '444444444444']));
      expect(requestsOf(context, 'ListTagsForResource').length).toBe(4);
    }));

  test('names that collide get the ID of their account', () =>
    inFleet(
      async ({ uses }) => {
        const names = Object.keys(profilesOf(await uses(WITHOUT_HUB)));
        expect(names).toEqual(['App-2-333333333333', 'app-2-222222222222', 'default-444444444444']);
      },
      [
        { id: '222222222222', name: 'app 2', parent: WORKLOADS },
        { id: '333333333333', name: 'App-2', parent: WORKLOADS },
        { id: '444444444444', name: 'default', parent: WORKLOADS },
      ],
    ));

  test('default-profile exports the name of its account', () =>
    inFleet(async ({ uses }) => {
      const step = await uses({ ...WITHOUT_HUB, 'default-profile': 'dev' });
      expect(step.environment.AWS_PROFILE).toBe('dev');
      expect(step.outputs['aws-account-id']).toBe('222222222222');
    }));

  test('refresh: process refreshes the session of an account', () =>
    inFleet(async ({ uses, finish }) => {
      const step = await uses({ ...WITHOUT_HUB, refresh: 'process' });
      expect(Object.keys(profilesOf(step))).toHaveLength(4);
      await finish();
    }));

  test('exec gets the profiles', () =>
    inFleet(async ({ uses }) => {
      const run = 'grep -c "^\\[" "$AWS_SHARED_CREDENTIALS_FILE"';
      const step = await uses({ ...WITHOUT_HUB, run, shell: 'bash' }, { action: 'exec' });
      expect(step.log).toMatch(/^4$/m);
    }));

  test('mask-aws-account-id hides the IDs of all accounts', () =>
    inFleet(async ({ uses }) => {
      const step = await uses({ ...WITHOUT_HUB, 'mask-aws-account-id': 'true' });
      expect(step.log).not.toMatch(/222222222222|666666666666/);
    }));

  test('a pull request gets the roles for pull requests', () =>
    withJob({ world: fleetWorld(ACCOUNTS), env: { GITHUB_EVENT_NAME: 'pull_request' } }, async (context) => {
      const roles = { 'role-for-pull-requests': HUB, 'account-role-for-pull-requests': 'read' };
      const step = await context.uses({ ...WITHOUT_HUB, ...roles, 'role-to-assume': DEPLOY });
      expect(Object.values(profilesOf(step)).every(({ arn }) => arn.includes(':assumed-role/read/'))).toBe(
        true,
      );
      expect(context.lab.traffic.requests.some(({ parameters }) => parameters.RoleArn === DEPLOY)).toBe(
        false,
      );
      const half = await context.uses({ ...WITHOUT_HUB, 'role-for-pull-requests': HUB });
      expect(errorOf(half)).toContain('account-role-for-pull-requests');
    }));

  test('a dry run lists nothing', () =>
    inFleet(async ({ lab, uses }) => {
      const step = await uses({ ...FROM, 'dry-run': 'true' });
      expect(step.log).toContain(
        'would list the accounts of the organization, and assume the role deploy in each',
      );
      expect(lab.traffic.counts()).toEqual({ oidc: 1, sts: 0 });
    }));
});

describe('accounts-from, with keys in the environment as the caller', () => {
  test('lists and assumes with them', () =>
    inFleet(async (context) => {
      await context.uses({ 'aws-region': 'eu-west-1', 'role-to-assume': HUB });
      const { 'role-to-assume': _hub, ...inputs } = WITHOUT_HUB;
      const step = await context.uses({ ...inputs, auth: 'ambient' });
      expect(Object.keys(profilesOf(step))).toHaveLength(4);
    }));
});

describe('accounts-from that fails', () => {
  test.each<[string, Record<string, string>, (world: Organization) => void, RegExp]>([
    [
      'a caller of another account than the management account',
      {},
      (organization) => {
        organization.managementAccountId = '222222222222';
      },
      /\[ORGANIZATION_ACCESS_DENIED\][\s\S]*ListAccounts returned AccessDenied[\s\S]*delegated administrator/,
    ],
    [
      'an account without an organization',
      {},
      (organization) => {
        organization.accounts.shift();
      },
      /\[ORGANIZATION_NOT_IN_USE\]/,
    ],
    [
      'a unit that does not exist',
      { 'accounts-from': 'ou-ab12-nowhere0' },
      () => {},
      /no unit or root ou-ab12-nowhere0[\s\S]*\[ORGANIZATIONAL_UNIT_NOT_FOUND\]/,
    ],
    [
      'a filter that leaves nothing',
      { 'account-filter': 'name=Prod-*' },
      () => {},
      /\[NO_ACCOUNT_LEFT\][\s\S]*5 accounts that account-filter leaves out, and 1 not active: prod-old/,
    ],
    [
      'a unit without accounts',
      { 'accounts-from': EMPTY },
      () => {},
      /\[NO_ACCOUNT_LEFT\][\s\S]*no account at all/,
    ],
    [
      'a name that no account has',
      { 'select-profiles': 'prod-eu, prd-us' },
      () => {},
      /select-profiles names no profile of an account\.[\s\S]*prd-us/,
    ],
    [
      'a default that no account has',
      { 'default-profile': 'prd' },
      () => {},
      /default-profile names no profile/,
    ],
  ])('%s', (_what, inputs, change, message) =>
    inFleet(async ({ lab, uses }) => {
      if (lab.world.organization !== undefined) change(lab.world.organization);
      const step = await uses({ ...FROM, ...inputs });
      expect(errorOf(step)).toMatch(message);
      expect(traces(step)).toEqual(NO_TRACES);
      expect(lab.traffic.counts().AssumeRole).toBeUndefined();
    }),
  );

  test('a role of the caller without the permission', () =>
    inFleet(async ({ lab, uses }) => {
      const hub = lab.world.accounts['111111111111']?.roles.find(({ name }) => name === 'deploy-hub');
      if (hub === undefined) throw new Error('the hub has no role');
      hub.permissions = {
        Statement: [{ Effect: 'Allow', Action: ['sts:*', 'organizations:ListAccounts'], Resource: '*' }],
      };
      const error = errorOf(await uses({ ...FROM, 'account-filter': 'tag:stage=prod' }));
      expect(error).toContain('organizations:ListTagsForResource');
      expect(error).toContain('assumed-role/deploy-hub/');
    }));

  test('a hub that STS denies: its own diagnosis', () =>
    inFleet(async ({ uses }) => {
      const step = await uses({ ...FROM, 'role-to-assume': `${HUB}-denied` });
      expect(errorOf(step)).toContain('[STS_ACCESS_DENIED]');
      expect(step.log).toContain(`Diagnosis: ${HUB}-denied`);
    }));

  test('throttling is retried', () =>
    inFleet(async (context) => {
      const kind = {
        name: 'error',
        code: 'TooManyRequestsException',
        message: 'slow down',
        status: 400,
      } as const;
      context.lab.traffic.inject({ server: 'organizations', kind, times: 2 });
      const step = await context.uses(WITHOUT_HUB);
      expect(Object.keys(profilesOf(step))).toHaveLength(4);
      expect(step.log).toContain('ListAccounts: attempt 1 failed (throttled)');
    }));

  test.each([
    ['TooManyRequestsException', 'ORGANIZATION_THROTTLED'],
    ['ServiceException', 'ORGANIZATION_FAILED'],
  ])('%s each time: %s', (code, expected) =>
    inFleet(async ({ lab, uses }) => {
      const kind = { name: 'error', code, message: 'no', status: 400 } as const;
      lab.traffic.inject({ server: 'organizations', kind, times: 99 });
      expect(errorOf(await uses({ ...FROM, 'disable-retry': 'true' }))).toContain(`[${expected}]`);
    }),
  );

  test.each(['reset', 'malformed', 'truncated', 'endless'] as const)('an answer that is %s', (name) =>
    inFleet(async ({ lab, uses }) => {
      lab.traffic.inject({ server: 'organizations', kind: { name }, times: 99 });
      const step = await uses({ ...FROM, 'retry-max-attempts': '2' });
      expect(errorOf(step)).toContain('[ORGANIZATION_FAILED]');
      expect(traces(step)).toEqual(NO_TRACES);
    }),
  );

  test('an account that refuses the role: all or nothing, or the others with allow-partial', () =>
    inFleet(async ({ lab, uses }) => {
      lab.world.accounts['444444444444']?.roles.splice(0);
      const all = await uses(WITHOUT_HUB);
      expect(errorOf(all)).toMatch(
        /1 of 4 profiles could not be obtained[\s\S]*prod-us:[\s\S]*STS_ACCESS_DENIED/,
      );
      expect(traces(all)).toEqual(NO_TRACES);
      const partial = await uses({ ...WITHOUT_HUB, 'allow-partial': 'true' });
      expect(Object.keys(profilesOf(partial))).toEqual(['Buro-Co', 'dev', 'prod-eu']);
      expect(partial.outputs['failed-profiles']).toBe('["prod-us"]');
    }));

  test.each<[Record<string, string>, string]>([
    [{ 'account-role': '' }, 'account-role'],
    [{ 'accounts-from': '' }, 'account-role without accounts-from'],
    [{ 'accounts-from': 'everything' }, 'organization, or IDs of organizational units'],
    [{ 'account-role': DEPLOY }, 'no ARN'],
    [{ 'account-filter': 'owner=me' }, 'name=, id= or tag:KEY='],
    [{ profiles: `[profile a]\nrole_arn = ${DEPLOY}` }, 'accounts-from and profiles'],
    [{ 'aws-profile': 'a' }, 'accounts-from and aws-profile'],
    [{ 'use-existing-credentials': 'true' }, 'accounts-from and use-existing-credentials'],
  ])('inputs that do not fit: %j', (inputs, message) =>
    inFleet(async ({ lab, uses }) => {
      expect(errorOf(await uses({ ...FROM, ...inputs }))).toContain(message);
      expect(lab.traffic.counts()).toEqual({ oidc: 0, sts: 0 });
    }),
  );
});

describe('matrix', () => {
  const inMatrix = { action: 'matrix' };

  test('of the accounts of an organization', () =>
    inFleet(async ({ uses }) => {
      const step = await uses({ ...WITHOUT_HUB, 'select-profiles': 'prod-*' }, inMatrix);
      const entry = (name: string, account: string) => ({
        name,
        account,
        region: 'eu-west-1',
        role: `arn:aws:iam::${account}:role/deploy`,
      });
      expect(JSON.parse(step.outputs.matrix ?? '').include).toEqual([
        entry('prod-eu', '333333333333'),
        entry('prod-us', '444444444444'),
      ]);
      expect(step.environment).toEqual({});
    }));

  test('an error, and inputs that have no effect on profiles', () =>
    inFleet(async ({ uses }) => {
      const missing = await uses({ ...FROM, 'accounts-from': 'ou-ab12-nowhere0' }, inMatrix);
      expect(errorOf(missing)).toContain('[ORGANIZATIONAL_UNIT_NOT_FOUND]');
      const useless = { profiles: `[profile a]\nrole_arn = ${DEPLOY}`, 'role-to-assume': HUB };
      expect(errorOf(await uses(useless, inMatrix))).toContain('role-to-assume without accounts-from');
      // Silence would give a pull request the role of the profile.
      const { 'role-to-assume': _role, ...profiles } = useless;
      const unread = await uses({ ...profiles, 'role-for-pull-requests': DEPLOY }, inMatrix);
      expect(errorOf(unread)).toContain('role-for-pull-requests without accounts-from');
    }));
});

const many = times(200, 1_000);
test(
  `${many} accounts in one step: one OIDC token, and ${many + 1} requests to STS`,
  () =>
    inFleet(async ({ lab, uses, finish }) => {
      const step = await uses({ ...FROM, 'accounts-from': WORKLOADS });
      expect(step.exitCode).toBe(0);
      expect(Object.keys(profilesOf(step))).toHaveLength(many);
      expect(lab.traffic.counts()).toMatchObject({
        oidc: 1,
        sts: many + 1,
        AssumeRoleWithWebIdentity: 1,
        AssumeRole: many,
      });
      await finish();
    }, manyAccounts(many)),
  120_000,
);
