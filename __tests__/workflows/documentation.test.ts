import { describe, expect, test } from '@jest/globals';
import { parse, stringify } from 'yaml';
import type { Lab } from '../../lab/lab.ts';
import { ACTION, BLOCKS, EXAMPLES, trustPolicyOfSetup } from '../support/documentation.ts';
import { ACCOUNTS as ACCOUNTS_OF_FLEET, fleetWorld } from '../support/fleet.ts';
import { DEPLOY, HUB, MINIMAL, SPOKE } from '../support/harness.ts';
import { runWorkflow } from './act.ts';
import { AWS_PROGRAMS } from './calls.ts';
import { EXPECTED } from './expected-calls.ts';

/**
 * Every workflow that users are shown is carried out. Its own calls are made by the real AWS CLI, and the AWS CLI and boto3
 * ask once more after the last step; who they are and in which region stands in `expected-calls.ts`.
 */

const ACCOUNTS = `[profile hub]\nrole_arn = ${HUB}\n[profile dev]\nsource_profile = hub\nrole_arn = ${SPOKE}\n`;
const WHOAMI = '#!/bin/sh\nset -e\nexport CALLER="$(basename "$0")"\naws sts get-caller-identity\n';
/** Clients find out that they are nobody where they have a region; this is one that nothing delivers. */
const SOME_REGION = 'test -n "$AWS_DEFAULT_REGION$AWS_PROFILE" || export AWS_DEFAULT_REGION=sa-east-1';
const NOBODY = WHOAMI.replace('\naws', `\n${SOME_REGION}\n! aws`);

/** What the repository of an example has. */
const FILES = {
  '.aws/accounts.ini': ACCOUNTS,
  'accounts/all.ini': ACCOUNTS,
  'iam/trust.json': trustPolicyOfSetup(),
  'deploy.sh': WHOAMI,
  'rebuild-index.sh': WHOAMI,
  'smoke-test.sh': WHOAMI,
  'publish-report.sh': NOBODY,
  'third-party-scanner.sh': NOBODY,
};

/** The repository of docs/setup.md. */
const IMMUTABLE = { immutableSubject: true, ownerId: '123456', repositoryId: '456789' };

/** Programs that there are no servers for. What Terraform is configured with is the profile `prod`, where there is one. */
const programsFor = (workflow: string) => ({
  ...AWS_PROGRAMS,
  terraform: `export CALLER=terraform
aws sts get-caller-identity
${/\[profile prod\]/.test(workflow) ? 'exec aws sts get-caller-identity --profile prod' : ''}`,
  docker: 'test -n "$AWS_SESSION_TOKEN" && CALLER=docker exec aws sts get-caller-identity',
  jq: `exec node -e 'for (const key of Object.keys(JSON.parse(require("fs").readFileSync(0, "utf8")))) console.log(key)'`,
});

/** Steps that an excerpt takes for granted. */
const BEFORE: Readonly<Record<string, readonly object[]>> = {
  'assume-aws-roles/logout': [{ uses: `${ACTION}@v1`, with: MINIMAL }],
  'export-credentials': [{ uses: `${ACTION}@v1`, with: { ...MINIMAL, refresh: 'process' } }],
};

/** Accounts and roles for every ARN in a text. They trust everybody: what is tried here is the workflow. */
function open(lab: Lab, text: string): void {
  const { world } = lab;
  if (text.includes('arn:aws-cn:')) world.partition = 'aws-cn';
  for (const [, account = '', name = ''] of text.matchAll(/arn:aws[a-z-]*:iam::(\d{12}):role\/([\w-]+)/g)) {
    world.accounts[account] ??= { oidcProviders: [], roles: [] };
    const { roles } = world.accounts[account];
    roles.splice(0, roles.length, ...roles.filter((role) => role.name !== name));
    const trustPolicy = { Statement: { Effect: 'Allow', Principal: '*', Action: 'sts:*' } } as const;
    roles.push({ name, trustPolicy, maxSessionSeconds: 43_200 });
  }
}

/** The organization of the documentation: its accounts have the role `deploy`, and the role `plan`. */
function organize({ world }: Lab): void {
  const { accounts, organization } = fleetWorld(ACCOUNTS_OF_FLEET);
  if (organization !== undefined) world.organization = organization;
  for (const { id } of ACCOUNTS_OF_FLEET) {
    const found = accounts[id];
    if (found === undefined) continue;
    world.accounts[id] = found;
    const trustPolicy = { Statement: { Effect: 'Allow', Principal: '*', Action: 'sts:*' } } as const;
    found.roles = ['deploy', 'plan'].map((name) => ({ name, trustPolicy }));
  }
}

const CHECKOUT = { uses: 'actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1' };

/** Asks at the end of a job, whatever was delivered. */
const AFTERWARDS = {
  run: `${SOME_REGION}\nCALLER='afterwards, AWS CLI' aws sts get-caller-identity || true\nCALLER='afterwards, boto3' whoami || true`,
};

/** A whole workflow of what may be an excerpt; undefined for YAML of another kind. */
function workflowOf(text: string): string | undefined {
  const value: unknown = parse(text);
  if (Array.isArray(value)) {
    const before = Object.entries(BEFORE).flatMap(([part, steps]) => (text.includes(part) ? steps : []));
    const permissions = { 'id-token': 'write', contents: 'read' };
    const job = {
      'runs-on': 'ubuntu-latest',
      permissions,
      steps: [CHECKOUT, ...before, ...value, AFTERWARDS],
    };
    return stringify({ on: 'push', permissions: {}, jobs: { example: job } });
  }
  if (typeof value !== 'object' || value === null || !('jobs' in value)) return undefined;
  const jobs = Object.entries(value.jobs as Record<string, { steps?: object[] }>).map(([name, job]) => [
    name,
    job.steps === undefined ? job : { ...job, steps: [...job.steps, AFTERWARDS] },
  ]);
  // act goes by the event that it is started with, and cannot fetch another repository: its file is there already.
  return stringify({ ...value, on: 'push', jobs: Object.fromEntries(jobs) }).replace(
    /( *- uses: actions\/checkout@\S*\n) *with:\n *repository:[\s\S]*?(?= *- )/,
    '$1',
  );
}

const all = [...EXAMPLES, ...BLOCKS].flatMap(([name, text]) => {
  // The audit obtains no credentials; `e2e/audit.test.ts` runs it. Containers need more than act has; see `containers/`.
  const isElsewhere = text.includes(`${ACTION}/audit@`) || name.startsWith('docs/containers.md');
  const workflow = isElsewhere ? undefined : workflowOf(text);
  return workflow === undefined ? [] : [[name, workflow] as const];
});

let identities = 0;

describe('workflows in the documentation', () => {
  test.each(all)(
    '%s',
    async (name, workflow) => {
      const { exitCode, log, calls } = await runWorkflow(workflow, {
        files: FILES,
        programs: programsFor(workflow),
        prepare: (lab) => {
          Object.assign(lab.oidc.job, IMMUTABLE);
          if (workflow.includes('accounts-from')) organize(lab);
          open(lab, workflow.includes('trust-policy') ? '' : `${workflow}${ACCOUNTS}${DEPLOY}`);
        },
        vars: { DEPLOY_ROLE: DEPLOY },
        secrets: {
          AWS_ACCESS_KEY_ID: 'AKIALABUSER000000001',
          AWS_SECRET_ACCESS_KEY: 'lab0secret/of+the0user/ci0000000000000001',
          MFA_SECRET: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP',
        },
        // A runner that has credentials already.
        ...(workflow.includes('auth: ambient') && {
          env: {
            AWS_ACCESS_KEY_ID: 'AKIALABUSER000000001',
            AWS_SECRET_ACCESS_KEY: 'lab0secret/of+the0user/ci0000000000000001',
          },
        }),
      });
      if (exitCode !== 0) throw new Error(log);
      expect(log).toMatch(/Authenticated as|Running with|The file in trust-policy allows|Dry run:/);
      expect(log).not.toContain('❌');
      // Jobs of a matrix run at the same time.
      const parallel = /matrix|for-each-account/.test(workflow);
      expect(parallel ? calls.toSorted() : calls).toEqual(
        parallel ? EXPECTED[name]?.toSorted() : EXPECTED[name],
      );
      identities += calls.length;
    },
    120_000,
  );

  test.each([
    ['examples/plan-and-apply.yml', ['terraform: 111111111111/plan in eu-west-1']],
    [
      'examples/canary-then-all.yml',
      ['222222222222', '333333333333', '444444444444'].map((id) => `terraform: ${id}/plan in eu-west-1`),
    ],
  ])(
    '%s, in a pull request',
    async (name, expected) => {
      const text = EXAMPLES.find(([place]) => place === name)?.[1] ?? '';
      const repo = { full_name: 'octo-org/octo-app' };
      const { exitCode, log, calls } = await runWorkflow(stringify({ ...parse(text), on: 'pull_request' }), {
        event: {
          name: 'pull_request',
          payload: { pull_request: { number: 7, head: { repo }, base: { repo } } },
        },
        files: FILES,
        programs: programsFor(text),
        prepare: (lab) => {
          Object.assign(lab.oidc.job, { eventName: 'pull_request' });
          if (text.includes('accounts-from')) organize(lab);
          open(lab, text);
        },
      });
      if (exitCode !== 0) throw new Error(log);
      expect(calls.toSorted()).toEqual(expected);
    },
    180_000,
  );

  test('all of them', () => {
    expect(all.length).toBeGreaterThanOrEqual(25);
    expect(Object.keys(EXPECTED).toSorted()).toEqual(all.map(([name]) => name).toSorted());
    expect(identities).toBe(Object.values(EXPECTED).flat().length);
    console.log(
      `${all.length} workflows of the documentation: ${identities} identities and regions of real clients`,
    );
  });
});
