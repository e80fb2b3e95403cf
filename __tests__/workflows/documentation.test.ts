import { describe, expect, test } from '@jest/globals';
import { parse, stringify } from 'yaml';
import type { Lab } from '../../lab/lab.ts';
import { ACTION, BLOCKS, EXAMPLES, trustPolicyOfSetup } from '../support/documentation.ts';
import { DEPLOY, HUB, MINIMAL, SPOKE } from '../support/harness.ts';
import { runWorkflow } from './act.ts';

/** Every workflow that users are shown is carried out, the later steps with the real AWS CLI and boto3. */

const ACCOUNTS = `[profile hub]\nrole_arn = ${HUB}\n[profile dev]\nsource_profile = hub\nrole_arn = ${SPOKE}\n`;
const WHOAMI = '#!/bin/sh\nset -e\naws sts get-caller-identity\n';

/** What the repository of an example has. */
const FILES = {
  '.aws/accounts.ini': ACCOUNTS,
  'accounts/all.ini': ACCOUNTS,
  'iam/trust.json': trustPolicyOfSetup(),
  'deploy.sh': WHOAMI,
  'rebuild-index.sh': WHOAMI,
  'smoke-test.sh': WHOAMI,
  'publish-report.sh': '#!/bin/sh\n! aws sts get-caller-identity\n',
  'third-party-scanner.sh': '#!/bin/sh\n! aws sts get-caller-identity\n',
};

/**
 * Stands in for what there is no server of: whatever is asked of another service than STS asks STS who it is, with the
 * same options. Version 2's `export-credentials` is answered by boto3.
 */
const AWS = `
case "$1 $2" in
  "sts "*) exec "$REAL_AWS" "$@" ;;
  "configure export-credentials")
    exec python -c 'import boto3
c = boto3.Session().get_credentials().get_frozen_credentials()
for name, value in (("AWS_ACCESS_KEY_ID", c.access_key), ("AWS_SECRET_ACCESS_KEY", c.secret_key), ("AWS_SESSION_TOKEN", c.token)): print(f"export {name}={value}")' ;;
esac
profile=
while [ $# -gt 0 ]; do [ "$1" = --profile ] && profile="--profile $2"; shift; done
exec "$REAL_AWS" sts get-caller-identity $profile`;
const PROGRAMS = {
  aws: AWS,
  terraform: 'exec aws sts get-caller-identity',
  docker: 'test -n "$AWS_SESSION_TOKEN" && exec aws sts get-caller-identity',
  jq: `exec node -e 'for (const key of Object.keys(JSON.parse(require("fs").readFileSync(0, "utf8")))) console.log(key)'`,
};

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

const CHECKOUT = { uses: 'actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1' };

/** A whole workflow of what may be an excerpt; undefined for YAML of another kind. */
function workflowOf(text: string): string | undefined {
  const value: unknown = parse(text);
  if (Array.isArray(value)) {
    const before = Object.entries(BEFORE).flatMap(([part, steps]) => (text.includes(part) ? steps : []));
    const permissions = { 'id-token': 'write', contents: 'read' };
    const job = { 'runs-on': 'ubuntu-latest', permissions, steps: [CHECKOUT, ...before, ...value] };
    return stringify({ on: 'push', permissions: {}, jobs: { example: job } });
  }
  if (typeof value !== 'object' || value === null || !('jobs' in value)) return undefined;
  // act goes by the event that it is started with, and cannot fetch another repository: its file is there already.
  return stringify({ ...value, on: 'push' }).replace(
    /( *- uses: actions\/checkout@\S*\n) *with:\n *repository:[\s\S]*?(?= *- )/,
    '$1',
  );
}

const all = [...EXAMPLES, ...BLOCKS].flatMap(([name, text]) => {
  const workflow = workflowOf(text);
  return workflow === undefined ? [] : [[name, workflow] as const];
});

describe('workflows in the documentation', () => {
  test.each(all)(
    '%s',
    async (_name, workflow) => {
      const { exitCode, log } = await runWorkflow(workflow, {
        files: FILES,
        programs: PROGRAMS,
        prepare: (lab) =>
          open(lab, workflow.includes('trust-policy') ? '' : `${workflow}${ACCOUNTS}${DEPLOY}`),
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
    },
    120_000,
  );

  test('all of them', () => {
    expect(all.length).toBeGreaterThanOrEqual(25);
  });
});
