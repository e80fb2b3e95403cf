import { describe, expect, test } from '@jest/globals';
import { trustPolicyOfSetup } from '../support/documentation.ts';
import { ACCOUNTS as FLEET, fleetWorld } from '../support/fleet.ts';
import { DEPLOY, HUB, SPOKE } from '../support/harness.ts';
import { runWorkflow } from './act.ts';

/** For time limits: act starts a process for each step, and copies the action for each that uses it. */
const SECONDS = 1000;

/** act copies the repository in its place, without asking anybody. */
const CHECKOUT = 'actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1';

/** A workflow of one job with these steps. */
const job = (steps: string, head = '') => `on: push
permissions: {}
jobs:
  test:
    runs-on: ubuntu-latest
    permissions:
      id-token: write
      contents: read
${head}    steps:
      - uses: ${CHECKOUT}
${steps.replaceAll(/^/gm, '      ')}
`;

const ACCOUNTS = `[profile hub]\nrole_arn = ${HUB}\n[profile dev]\nsource_profile = hub\nrole_arn = ${SPOKE}\nregion = us-east-1\n`;

describe('uses: ./', () => {
  test(
    'variables for later steps, the AWS CLI among them; the post step after all others',
    async () => {
      const { exitCode, log, counts, lab } = await runWorkflow(
        job(`- uses: ./
  id: aws
  with:
    aws-region: eu-west-1
    role-to-assume: ${HUB}
    role-chain: ${SPOKE}
- run: aws sts get-caller-identity
- run: echo "in account \${{ steps.aws.outputs.aws-account-id }}"
- run: echo "last step"`),
      );
      expect(log).toContain('"Arn": "arn:aws:sts::222222222222:assumed-role/deploy/octo-org.octo-app-1"');
      expect(log).toContain('in account 222222222222');
      expect(log).toMatch(/last step[\s\S]*Run Post \.\/[\s\S]*Restored AWS_ACCESS_KEY_ID/);
      expect(exitCode).toBe(0);
      expect(counts).toMatchObject({
        oidc: 1,
        AssumeRoleWithWebIdentity: 1,
        AssumeRole: 1,
        GetCallerIdentity: 1,
      });
      for (const secret of lab.secrets()) expect(log).not.toContain(secret);
    },
    120 * SECONDS,
  );

  test(
    'a denial fails the job with its diagnosis; later steps do not run, the post step does',
    async () => {
      const { exitCode, log } = await runWorkflow(
        job(`- uses: ./
  with:
    aws-region: eu-west-1
    role-to-assume: ${DEPLOY}-denied
- run: echo "NOT REACHED"
- if: failure()
  run: echo "key=[$AWS_ACCESS_KEY_ID]"`),
      );
      expect(exitCode).toBe(1);
      expect(log).toContain('[STS_ACCESS_DENIED]');
      expect(log).toContain('A trust policy statement for exactly this run');
      expect(log).not.toMatch(/\| NOT REACHED/);
      expect(log).toContain('key=[]');
    },
    120 * SECONDS,
  );

  test.each(['process', 'broker'])(
    'refresh: %s, until the job ends',
    async (refresh) => {
      const { exitCode, log, counts } = await runWorkflow(
        job(`- uses: ./
  with:
    aws-region: eu-west-1
    role-to-assume: ${DEPLOY}
    refresh: ${refresh}
- run: aws sts get-caller-identity; sleep 10; aws sts get-caller-identity`),
        { lab: { sessionSeconds: 8 } },
      );
      expect(log.match(/assumed-role\/deploy\/octo-org.octo-app-1"/g)).toHaveLength(2);
      expect(log).toMatch(/Refreshed sessions: [12] refresh(es)?, 0 failed/);
      expect(exitCode).toBe(0);
      expect(counts.AssumeRoleWithWebIdentity).toBeGreaterThanOrEqual(2);
    },
    120 * SECONDS,
  );
});

test(
  './exec, ./matrix and ./logout',
  async () => {
    const { exitCode, log } = await runWorkflow(
      `on: push
permissions: {}
jobs:
  list:
    runs-on: ubuntu-latest
    outputs:
      matrix: \${{ steps.list.outputs.matrix }}
    steps:
      - uses: ${CHECKOUT}
      - id: list
        uses: ./matrix
        with:
          profiles-file: accounts.ini
          aws-region: eu-west-1
  each:
    needs: list
    runs-on: ubuntu-latest
    permissions:
      id-token: write
    strategy:
      matrix: \${{ fromJSON(needs.list.outputs.matrix) }}
    steps:
      - uses: ${CHECKOUT}
      - uses: ./exec
        with:
          aws-region: eu-west-1
          profiles-file: accounts.ini
          select-profiles: \${{ matrix.name }}
          default-profile: \${{ matrix.name }}
          run: aws sts get-caller-identity && echo "in \${{ matrix.name }}, $AWS_REGION"
      - run: echo "key=[$AWS_ACCESS_KEY_ID]"
      - uses: ./
        with:
          aws-region: eu-west-1
          role-to-assume: ${DEPLOY}
      - uses: ./logout
      - run: echo "after=[$AWS_ACCESS_KEY_ID]"
`,
      { files: { 'accounts.ini': ACCOUNTS } },
    );
    expect(log).not.toContain('in hub,');
    expect(log).toContain('in dev, us-east-1');
    expect(log.match(/ key=\[\]/g)).toHaveLength(1);
    expect(log.match(/ after=\[\]/g)).toHaveLength(1);
    expect(exitCode).toBe(0);
  },
  180 * SECONDS,
);

test(
  "exec: the exit code of the command is the step's",
  async () => {
    const { exitCode, log } = await runWorkflow(
      job(`- uses: ./exec
  id: command
  continue-on-error: true
  with:
    aws-region: eu-west-1
    role-to-assume: ${DEPLOY}
    run: exit 3
- run: echo "outcome \${{ steps.command.outcome }}"`),
    );
    expect(log).toContain('outcome failure');
    expect(exitCode).toBe(0);
  },
  120 * SECONDS,
);

test(
  'the reusable workflow: one job for each profile, with its session',
  async () => {
    const { exitCode, log } = await runWorkflow(
      `on: push
permissions: {}
jobs:
  each:
    permissions:
      id-token: write
      contents: read
    uses: __OWNER__/assume-aws-roles/.github/workflows/for-each-account.yml@v1
    with:
      aws-region: eu-west-1
      profiles-file: accounts.ini
      run: aws sts get-caller-identity && echo "$PROFILE is $ACCOUNT in $AWS_REGION"
`,
      { files: { 'accounts.ini': ACCOUNTS } },
    );
    expect(log).not.toContain('hub is 111111111111');
    expect(log).toContain('dev is 222222222222 in us-east-1');
    expect(log).toContain('"Account": "222222222222"');
    expect(exitCode).toBe(0);
  },
  180 * SECONDS,
);

/** A call of the reusable workflow. */
const forEach = (inputs: string, on = 'push') => `on: ${on}
permissions: {}
jobs:
  each:
    permissions:
      id-token: write
      contents: read
    secrets: inherit
    uses: __OWNER__/assume-aws-roles/.github/workflows/for-each-account.yml@v1
    with:
      aws-region: eu-west-1
${inputs.replaceAll(/^/gm, '      ')}
`;

const OF_ORGANIZATION = `accounts-from: organization
account-role: deploy
account-filter: "!name=management"
role-to-assume: ${HUB}`;

const SET_UP = `name: set up
description: Prepares a job.
inputs:
  profile: { description: The profile. }
  account: { description: The account. }
  region: { description: The region. }
runs:
  using: composite
  steps:
    - run: echo "SET_UP=$PROFILE in $ACCOUNT, $REGION, key [$AWS_ACCESS_KEY_ID]" >> "$GITHUB_ENV"
      shell: bash
      env:
        PROFILE: \${{ inputs.profile }}
        ACCOUNT: \${{ inputs.account }}
        REGION: \${{ inputs.region }}
`;

const WHO = `aws sts get-caller-identity --query Arn --output text | sed "s|^|$PROFILE is |"`;

describe('the reusable workflow', () => {
  test(
    'of an organization: a canary first, then the others, each set up, with its session, and with secrets',
    async () => {
      const { exitCode, log, counts } = await runWorkflow(
        forEach(`${OF_ORGANIZATION}
canary: dev
runs-on: '["ubuntu-latest"]'
timeout-minutes: 5
concurrency-group: deploy
set-up: true
secret-names: '["DEPLOY_KEY"]'
run: |
  ${WHO}
  echo "$PROFILE was set up: $SET_UP; $(printf %s "$DEPLOY_KEY" | wc -c) characters; \${NAME_0-}\${SECRET_0-}."`),
        {
          lab: { world: fleetWorld(FLEET) },
          files: { '.github/actions/set-up-account/action.yml': SET_UP },
          secrets: { DEPLOY_KEY: 'twelve chars' },
        },
      );
      for (const [name, id] of [
        ['dev', '222222222222'],
        ['prod-eu', '333333333333'],
        ['prod-us', '444444444444'],
        ['Buro-Co', '555555555555'],
      ]) {
        expect(log).toContain(`${name} is arn:aws:sts::${id}:assumed-role/deploy/`);
        expect(log).toContain(`${name} was set up: ${name} in ${id}, eu-west-1, key []; 12 characters; .`);
      }
      expect(log.indexOf('dev was set up')).toBeLessThan(log.indexOf('prod-eu is arn'));
      expect(exitCode).toBe(0);
      // One list for all jobs.
      expect(counts).toMatchObject({ AssumeRoleWithWebIdentity: 5, AssumeRole: 4 });
    },
    240 * SECONDS,
  );

  test(
    'a canary that fails stops the others',
    async () => {
      const { exitCode, log } = await runWorkflow(
        forEach(`profiles-file: accounts.ini
canary: dev
run: echo "$PROFILE runs"; test "$PROFILE" != dev`),
        {
          files: { 'accounts.ini': `${ACCOUNTS}[profile prod]\nsource_profile = hub\nrole_arn = ${SPOKE}\n` },
        },
      );
      expect(log).toContain('dev runs');
      expect(log).not.toContain('prod runs');
      expect(exitCode).toBe(1);
    },
    180 * SECONDS,
  );

  test(
    'a pull request gets the roles for pull requests',
    async () => {
      const { exitCode, log, lab } = await runWorkflow(
        forEach(
          `accounts-from: organization
account-filter: name=dev
account-role: deploy
account-role-for-pull-requests: read
role-to-assume: ${DEPLOY}
role-for-pull-requests: ${HUB}
refresh: process
run: ${WHO}`,
          'pull_request',
        ),
        {
          lab: { world: fleetWorld(FLEET) },
          event: { name: 'pull_request', payload: { pull_request: { number: 7 } } },
        },
      );
      expect(log).toContain('dev is arn:aws:sts::222222222222:assumed-role/read/');
      const roles = lab.traffic.requests.map(({ parameters }) => parameters.RoleArn);
      expect(roles).not.toContain(DEPLOY);
      expect(exitCode).toBe(0);
    },
    180 * SECONDS,
  );
});

test(
  'the trust policy of the docs holds for the token of a job',
  async () => {
    const { exitCode, log } = await runWorkflow(
      job(`- uses: ./
  with:
    aws-region: eu-west-1
    role-to-assume: ${DEPLOY}
    trust-policy: iam/trust.json
    dry-run: true`),
      {
        files: {
          'iam/trust.json': trustPolicyOfSetup(),
        },
        // The page is for a repository with immutable subjects.
        prepare: ({ oidc }) =>
          Object.assign(oidc.job, { immutableSubject: true, ownerId: '123456', repositoryId: '456789' }),
      },
    );
    expect(log).toContain('The file in trust-policy allows sts:AssumeRoleWithWebIdentity for this run');
    expect(exitCode).toBe(0);
  },
  120 * SECONDS,
);
