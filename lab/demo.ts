/**
 * `npm run demo`: runs the built action in simulated jobs against the lab: role chaining, profiles, a refresh, and a denial
 * with its diagnosis. Exits with code 1 if a check fails.
 */
import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { ACTION_NODE, Job, type StepResult } from './job.ts';
import { type Lab, type LabOptions, startLab } from './lab.ts';
import { gitHubTrust } from './world.ts';

const HUB = 'arn:aws:iam::111111111111:role/deploy-hub';
const SPOKE = 'arn:aws:iam::222222222222:role/deploy';
const KEYS = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'];
/** So that the demo can wait until a session expires. */
const SHORT_SECONDS = 4;
const WHOAMI = path.join(import.meta.dirname, 'whoami.ts');

/** A workflow whose job now names an environment, and a trust policy that is for the branch. */
const AUDITED = {
  '.github/workflows/deploy.yml': `on: { push: { branches: [main] } }
permissions: { id-token: write }
jobs:
  deploy:
    runs-on: ubuntu-latest
    environment: production
    steps:
      - uses: __OWNER__/assume-aws-roles@v1
        with: { aws-region: eu-west-1, role-to-assume: "arn:aws:iam::111111111111:role/deploy" }
`,
  'infra/111111111111/deploy.json': JSON.stringify(
    gitHubTrust('111111111111', 'repo:octo-org/octo-app:ref:refs/heads/main'),
    undefined,
    2,
  ),
};

type Inputs = Readonly<Record<string, string>>;

const title = (text: string) => console.log(`\n━━ ${text} ${'━'.repeat(Math.max(0, 92 - text.length))}`);
const heading = (text: string) => console.log(`\n── ${text}`);
const indented = (text: string) => console.log(text.trimEnd().replaceAll(/^/gm, '  '));

/** Runs one part of the demo in a job of its own. */
async function part(
  name: string,
  run: (job: Job, lab: Lab) => Promise<void>,
  options: LabOptions = {},
): Promise<void> {
  title(name);
  const lab = await startLab(options);
  const job = await Job.start({ lab });
  try {
    await run(job, lab);
  } finally {
    await job.dispose();
    await lab.close();
  }
}

/** Runs a step, and prints it with its log. */
async function step(job: Job, inputs: Inputs, exitCode: number): Promise<StepResult> {
  heading('the step');
  const lines = Object.entries(inputs).map(([name, value]) =>
    value.includes('\n')
      ? `  ${name}: |\n${value.trimEnd().replaceAll(/^/gm, '    ')}`
      : `  ${name}: ${value}`,
  );
  indented(['uses: __OWNER__/assume-aws-roles@v1', 'with:', ...lines].join('\n'));
  const result = await job.uses('.', inputs);
  heading('the log, as the job page shows it');
  indented(result.log);
  assert.equal(result.exitCode, exitCode, result.stderr);
  return result;
}

/** A later step calls GetCallerIdentity, and is the session of this role. */
async function whoami(job: Job, role: RegExp, env: Inputs = {}): Promise<void> {
  const later = await job.run(ACTION_NODE, [WHOAMI], { env });
  indented(later.log);
  assert.equal(later.exitCode, 0, later.stderr);
  assert.match(later.stdout, role);
}

await part('Role chaining through two accounts', async (job, lab) => {
  const chained = await step(
    job,
    { 'aws-region': 'eu-west-1', 'role-to-assume': HUB, 'role-chain': SPOKE },
    0,
  );

  heading('the outputs');
  for (const [name, value] of Object.entries(chained.outputs)) indented(`${name}: ${value}`);

  heading('a later step calls GetCallerIdentity with the credentials');
  await whoami(job, /arn:aws:sts::222222222222:assumed-role\/deploy\//);

  heading('the post step');
  const [post] = await job.finish();
  assert.equal(post?.exitCode, 0, post?.stderr);
  indented(post?.log ?? '');
  for (const name of KEYS) {
    assert.equal(job.environment[name], '');
    indented(`${name}: (empty, because it was not set before)`);
  }

  heading('the requests that the lab counted');
  indented(JSON.stringify(lab.traffic.counts()));
  assert.deepEqual(lab.traffic.counts(), {
    oidc: 1,
    sts: 3,
    AssumeRoleWithWebIdentity: 1,
    AssumeRole: 1,
    GetCallerIdentity: 1,
  });
});

await part('Profiles: sessions in three accounts from one step', async (job, lab) => {
  const spoke = (name: string, account: string) =>
    `[profile ${name}]\nsource_profile = hub\nrole_arn = arn:aws:iam::${account}:role/deploy\n`;
  const profiles = `[profile hub]\nrole_arn = ${HUB}\n${spoke('dev', '222222222222')}${spoke('prod', '333333333333')}`;
  await step(job, { 'aws-region': 'eu-west-1', profiles }, 0);

  for (const [profile, account] of [
    ['dev', '222222222222'],
    ['prod', '333333333333'],
  ] as const) {
    heading(`a later step with AWS_PROFILE=${profile}`);
    await whoami(job, new RegExp(`:${account}:assumed-role/deploy/`), { AWS_PROFILE: profile });
  }
  assert.equal(lab.traffic.counts().AssumeRoleWithWebIdentity, 1);
  await job.finish();
});

await part(
  'Refresh: the job takes longer than its sessions',
  async (job, lab) => {
    await step(job, { 'aws-region': 'eu-west-1', 'role-to-assume': HUB, refresh: 'process' }, 0);
    await setTimeout((SHORT_SECONDS + 0.2) * 1000);
    heading('a later step, after the session has expired');
    await whoami(job, /:111111111111:assumed-role\/deploy-hub\//);
    assert.equal(lab.traffic.counts().AssumeRoleWithWebIdentity, 2);
    heading('the post step');
    const [post] = await job.finish();
    assert.equal(post?.exitCode, 0, post?.stderr);
    indented(post?.log ?? '');
  },
  { sessionSeconds: SHORT_SECONDS },
);

await part('A denial with its diagnosis', async (job, lab) => {
  const role = lab.world.accounts['111111111111']?.roles.find(({ name }) => name === 'deploy');
  assert(role);
  role.trustPolicy = gitHubTrust('111111111111', 'repo:octo-org/octo-app:ref:refs/heads/main');
  lab.oidc.job.environment = 'production';
  const denied = await step(
    job,
    { 'aws-region': 'eu-west-1', 'role-to-assume': 'arn:aws:iam::111111111111:role/deploy' },
    1,
  );
  assert.match(denied.log, /1\. .*\[environment-subject\]/);
  assert.deepEqual(denied.environment, {});
});
await part('An audit, before the merge of a change that would be denied', async (job) => {
  for (const [name, text] of Object.entries(AUDITED)) {
    const file = path.join(job.workspace, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, text);
  }
  const audit = await job.uses('audit', { policies: 'infra', 'subject-format': 'name' });
  indented(audit.log);
  assert.equal(audit.exitCode, 1, audit.log);
  assert.match(audit.log, /^ *denied +deploy\.yml#deploy/m);
});
console.log('\nAll checks passed.');
