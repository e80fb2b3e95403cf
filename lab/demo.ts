/**
 * `npm run demo`: runs the built action in a simulated job against the lab, with role chaining through two accounts.
 * Exits with code 1 if a check fails.
 */
import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ACTION_NODE, Job } from './job.ts';
import { startLab } from './lab.ts';
import { gitHubTrust } from './world.ts';

const INPUTS = {
  'aws-region': 'eu-west-1',
  'role-to-assume': 'arn:aws:iam::111111111111:role/deploy-hub',
  'role-chain': 'arn:aws:iam::222222222222:role/deploy',
};
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
const KEYS = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'];

const heading = (text: string) => console.log(`\n── ${text} ${'─'.repeat(Math.max(0, 72 - text.length))}`);
const indented = (text: string) => console.log(text.replaceAll(/^/gm, '  '));

const lab = await startLab();
const job = await Job.start({ lab });
try {
  heading('the step');
  indented(
    `uses: __OWNER__/assume-aws-roles@v1\nwith:\n${Object.entries(INPUTS)
      .map(([name, value]) => `  ${name}: ${value}`)
      .join('\n')}`,
  );

  heading('the log, as the job page shows it');
  const step = await job.uses('.', INPUTS);
  indented(step.log);
  assert.equal(step.exitCode, 0, step.stderr);

  heading('the outputs');
  for (const [name, value] of Object.entries(step.outputs)) indented(`${name}: ${value}`);

  heading('a later step calls GetCallerIdentity with the credentials');
  const whoami = await job.run(ACTION_NODE, [path.join(import.meta.dirname, 'whoami.ts')]);
  indented(whoami.log);
  assert.equal(whoami.exitCode, 0, whoami.stderr);
  assert.match(whoami.stdout, /arn:aws:sts::222222222222:assumed-role\/deploy\//);

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

  heading('an audit, before the merge of a change that would be denied');
  for (const [name, text] of Object.entries(AUDITED)) {
    const file = path.join(job.workspace, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, text);
  }
  const audit = await job.uses('audit', { policies: 'infra', 'subject-format': 'name' });
  indented(audit.log);
  assert.equal(audit.exitCode, 1, audit.log);
  assert.match(audit.log, /^ *denied +deploy\.yml#deploy/m);
  console.log('\nAll checks passed.');
} finally {
  await job.dispose();
  await lab.close();
}
