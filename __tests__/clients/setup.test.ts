import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import type { JobIdentity } from '../../lab/issuer.ts';
import type { PolicyDocument } from '../../lab/policy.ts';
import { GITHUB } from '../../lab/world.ts';
import { errorOf, withJob } from '../support/harness.ts';
import { AWS } from './clients.ts';
import { type Moto, startMoto } from './moto.ts';

/**
 * Follows docs/setup.md from top to bottom: every command of the AWS CLI runs against moto's IAM. The lab then has the
 * providers and roles that moto has, and jobs with immutable subjects assume the roles.
 */

const ACCOUNT = '111111111111';
/** A repository with immutable subjects, as in the page. */
const REPOSITORY = {
  repository: 'octo-org/octo-app',
  ownerId: '123456',
  repositoryId: '456789',
  immutableSubject: true,
};
const SUBJECT = 'repo:octo-org@123456/octo-app@456789';
const DENIED = '[STS_ACCESS_DENIED]';

interface Block {
  readonly heading: string;
  readonly language: string;
  readonly text: string;
}

const page = readFileSync('docs/setup.md', 'utf8');
let heading = '';
const blocks = [...page.matchAll(/^#+ (.*)$|^```(\w+)\n([\s\S]*?)^```/gm)].flatMap(
  ([, title, language = '', text = '']): Block[] => {
    if (title === undefined) return [{ heading, language, text }];
    heading = title;
    return [];
  },
);
const block = (of: string, language: string) => {
  const found = blocks.find((one) => one.heading === of && one.language === language);
  if (found === undefined) throw new Error(`docs/setup.md has no ${language} under ${of}`);
  return found.text;
};

let moto: Moto;
let folder: string;
beforeAll(async () => {
  moto = await startMoto(ACCOUNT);
  folder = mkdtempSync(path.join(os.tmpdir(), 'setup-'));
  const gh = '#!/bin/sh\ntest "$*" = "api repos/octo-org/octo-app --jq $4" && echo "$BEGINNING"\n';
  writeFileSync(path.join(folder, 'gh'), gh, { mode: 0o755 });
  writeFileSync(path.join(folder, 'github-roles.yaml'), block('CloudFormation', 'yaml'));
}, 70_000);
afterAll(() => {
  moto.stop();
  rmSync(folder, { recursive: true });
});

/** Runs a script of the page as a person would, with credentials for moto. */
function run(script: string): string {
  return execFileSync('bash', ['-ec', script], {
    cwd: folder,
    encoding: 'utf8',
    env: {
      PATH: [folder, path.dirname(AWS), process.env.PATH].join(path.delimiter),
      HOME: folder,
      BEGINNING: SUBJECT,
      AWS_ENDPOINT_URL: moto.url,
      AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
      AWS_DEFAULT_REGION: 'us-east-1',
    },
  });
}

const ask = (command: string) => JSON.parse(run(`aws ${command} --output json`));

/** The providers and roles of moto's account, as the lab's world has them. */
function accountOfMoto() {
  const { OpenIDConnectProviderList } = ask('iam list-open-id-connect-providers');
  const oidcProviders = (OpenIDConnectProviderList as { Arn: string }[]).map(({ Arn }) => {
    const { Url, ClientIDList } = ask(
      `iam get-open-id-connect-provider --open-id-connect-provider-arn ${Arn}`,
    );
    return { url: String(Url).replace(/^https:\/\//, ''), audiences: ClientIDList as string[] };
  });
  const { Roles } = ask('iam list-roles');
  const roles = (Roles as { RoleName: string; Arn: string }[]).map(({ RoleName }) => {
    const { Role } = ask(`iam get-role --role-name ${RoleName}`);
    return {
      name: RoleName,
      arn: Role.Arn as string,
      trustPolicy: Role.AssumeRolePolicyDocument as PolicyDocument,
      maxSessionSeconds: Role.MaxSessionDuration as number,
    };
  });
  return { oidcProviders, roles };
}

/** Follows the commands under a heading. */
function follow(of: string): ReturnType<typeof accountOfMoto> {
  run(block(of, 'sh'));
  account = accountOfMoto();
  return account;
}

let account: ReturnType<typeof accountOfMoto>;

/** A job assumes a role of the account, with the inputs of the page. */
async function assume(role: string, job: Partial<JobIdentity>): Promise<'assumed' | string> {
  let outcome = '';
  await withJob({}, async ({ lab, uses }) => {
    lab.world.accounts[ACCOUNT] = account;
    Object.assign(lab.oidc.job, REPOSITORY, job);
    const [{ with: inputs }] = parse(block('Use the role', 'yaml'));
    const arn = inputs['role-to-assume'].replace(/[^/]*$/, role);
    const step = await uses({ ...inputs, 'role-to-assume': arn, 'disable-retry': 'true' });
    outcome = step.exitCode === 0 ? 'assumed' : errorOf(step);
  });
  return outcome;
}

test('docs/setup.md, from top to bottom', async () => {
  expect(run(block('Find the IDs', 'sh'))).toBe(`${SUBJECT}\n`);

  const { oidcProviders, roles } = follow('AWS CLI');
  expect(oidcProviders).toEqual([{ url: GITHUB, audiences: ['sts.amazonaws.com'] }]);
  expect(roles.map(({ arn }) => arn)).toEqual([`arn:aws:iam::${ACCOUNT}:role/deploy`]);
  expect(ask('iam list-attached-role-policies --role-name deploy').AttachedPolicies).toHaveLength(1);
  expect(await assume('deploy', {})).toBe('assumed');
  expect(await assume('deploy', { ref: 'refs/heads/other' })).toContain(DENIED);
  expect(await assume('deploy', { immutableSubject: false })).toContain(DENIED);

  follow('One role for pull requests, one for deploying');
  const pullRequest = { eventName: 'pull_request', ref: 'refs/pull/7/merge' };
  expect(await assume('plan', pullRequest)).toBe('assumed');
  expect(await assume('plan', {})).toContain(DENIED);
  expect(await assume('deploy', { environment: 'production' })).toBe('assumed');
  expect(await assume('deploy', pullRequest)).toContain(DENIED);
  expect(await assume('deploy', {})).toContain(DENIED);

  follow('One hub for many repositories');
  const jobWorkflowRef = 'octo-org/workflows/.github/workflows/deploy.yml@refs/heads/main';
  const caller = {
    repository: 'octo-org/any',
    repositoryId: '31',
    environment: 'production',
    jobWorkflowRef,
  };
  expect(await assume('deploy-hub', caller)).toBe('assumed');
  expect(await assume('deploy-hub', { ...caller, environment: 'staging' })).toContain(DENIED);
  expect(await assume('deploy-hub', { ...caller, repository: 'octo-organ/any', ownerId: '9' })).toContain(
    DENIED,
  );
  const other = { ...caller, jobWorkflowRef: jobWorkflowRef.replace('main', 'other') };
  expect(await assume('deploy-hub', other)).toContain(DENIED);

  run(block('StackSets', 'sh'));
  expect(ask('cloudformation list-stack-sets').Summaries).toMatchObject([{ StackSetName: 'github-roles' }]);
}, 300_000);

test('docs/setup.md, the way by CloudFormation', async () => {
  await moto.reset();
  const [, command = ''] = /run `(aws cloudformation deploy [^`]+)`/.exec(page) ?? [];
  run(command);
  // moto creates no identity providers from templates.
  const { roles } = accountOfMoto();
  expect(roles.map(({ name }) => name)).toEqual(['deploy']);
  expect(roles[0]?.trustPolicy.Statement).toMatchObject([
    {
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: { StringEquals: { [`${GITHUB}:aud`]: 'sts.amazonaws.com' } },
    },
  ]);
}, 120_000);

test('every command of the page is in one of these tests', () => {
  const followed = [
    'Find the IDs',
    'AWS CLI',
    'One role for pull requests, one for deploying',
    'One hub for many repositories',
    'StackSets',
  ];
  const shells = blocks.filter(({ language }) => language === 'sh');
  expect(shells.map((one) => one.heading)).toEqual(followed);
});
