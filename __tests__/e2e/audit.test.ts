import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ACTION_NODE } from '../../lab/job.ts';
import { errorOf, withJob } from '../support/harness.ts';

const AUDIT = path.resolve('dist/audit/index.js');
const GITHUB = 'token.actions.githubusercontent.com';
const ROLE = 'arn:aws:iam::111111111111:role/deploy';

const workflow = (environment = '') => `on:
  push:
    branches: [main]
permissions:
  id-token: write
jobs:
  deploy:
    runs-on: ubuntu-latest
${environment}    steps:
      - uses: aws-actions/configure-aws-credentials@v6
        with:
          role-to-assume: ${ROLE}
          aws-region: eu-west-1
`;
const policy = (...subjects: string[]) => ({
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { Federated: `arn:aws:iam::111111111111:oidc-provider/${GITHUB}` },
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: { StringEquals: { [`${GITHUB}:aud`]: 'sts.amazonaws.com', [`${GITHUB}:sub`]: subjects } },
    },
  ],
});
const MAIN = [
  'repo:octo-org/octo-app:ref:refs/heads/main',
  'repo:octo-org@9919/octo-app@74:ref:refs/heads/main',
];

type Files = Readonly<Record<string, unknown>>;

async function write(folder: string, files: Files): Promise<void> {
  for (const [file, content] of Object.entries(files)) {
    const target = path.join(folder, file);
    await mkdir(path.dirname(target), { recursive: true });
    await writeFile(target, typeof content === 'string' ? content : JSON.stringify(content, undefined, 2));
  }
}

const FILES: Files = {
  '.github/workflows/deploy.yml': workflow(),
  'infra/111111111111/deploy.json': policy(...MAIN),
};
/** One line breaks the deployment: the job now has an environment. */
const BROKEN: Files = { ...FILES, '.github/workflows/deploy.yml': workflow('    environment: production\n') };

describe('as a step', () => {
  const inputs = { policies: 'infra', 'subject-format': 'both', 'repository-id': '74', 'owner-id': '9919' };

  test('all jobs are let in', () =>
    withJob({}, async ({ job, uses }) => {
      await write(job.workspace, FILES);
      const step = await uses(inputs, { action: 'audit' });
      expect(step.exitCode).toBe(0);
      expect(step.commands.filter(({ command }) => command === 'error')).toEqual([]);
      const { rows, findings, gaps } = JSON.parse(step.outputs.report ?? '');
      expect(rows.map(({ format, verdict }: Record<string, string>) => `${format} ${verdict}`)).toEqual([
        'name allowed',
        'immutable allowed',
      ]);
      expect([findings, gaps, step.outputs.failures]).toEqual([[], [], '0']);
    }));

  test('a job that is denied fails the step, with an annotation on its line, a summary and SARIF', () =>
    withJob({}, async ({ job, uses }) => {
      await write(job.workspace, BROKEN);
      const step = await uses(
        { ...inputs, 'job-summary': 'true', 'sarif-file': 'audit.sarif' },
        { action: 'audit' },
      );
      const errors = step.commands.filter(({ command }) => command === 'error');
      expect(errors[0]).toMatchObject({
        properties: {
          file: '.github/workflows/deploy.yml',
          line: '11',
          title: expect.stringContaining('is denied'),
        },
        message: expect.stringContaining('repo:octo-org/octo-app:environment:production'),
      });
      expect(errors.at(-1)?.message).toMatch(/\[AUDIT_FAILED\]/);
      expect(step.exitCode).toBe(1);
      expect(step.outputs.failures).toBe('2');
      expect(step.summary).toContain('❌ denied');
      const sarif = JSON.parse(await readFile(path.join(job.workspace, 'audit.sarif'), 'utf8'));
      expect(sarif.runs[0].results.map(({ ruleId }: { ruleId: string }) => ruleId)).toContain('denied');
    }));

  test('fail-on none, and a baseline', () =>
    withJob({}, async ({ job, uses }) => {
      await write(job.workspace, BROKEN);
      const first = await uses({ ...inputs, 'fail-on': 'none' }, { action: 'audit' });
      expect([first.exitCode, first.outputs.failures]).toEqual([0, '0']);
      await write(job.workspace, { 'baseline.json': first.outputs.report });
      const second = await uses({ ...inputs, 'baseline-file': 'baseline.json' }, { action: 'audit' });
      expect(second.exitCode).toBe(0);
    }));

  test('the IDs and the default branch are those of the job', () =>
    withJob({}, async ({ job, uses }) => {
      await write(job.workspace, {
        ...FILES,
        '.github/workflows/deploy.yml': workflow().replace(
          / {2}push:\n.*\n/,
          '  schedule: [{cron: "0 3 * * *"}]\n',
        ),
      });
      await writeFile(
        job.environment.GITHUB_EVENT_PATH ?? '',
        JSON.stringify({ repository: { default_branch: 'main' } }),
      );
      const env = { GITHUB_REPOSITORY_ID: '74', GITHUB_REPOSITORY_OWNER_ID: '9919' };
      const step = await uses({ policies: 'infra' }, { action: 'audit', env });
      const { rows } = JSON.parse(step.outputs.report ?? '');
      expect(
        rows.map(({ ref, subject, verdict }: Record<string, string>) => [ref, subject, verdict]),
      ).toEqual(MAIN.map((subject) => ['refs/heads/main', subject, 'allowed']));
    }));

  test("the form of subjects is what GitHub's API says", () =>
    withJob({}, async ({ lab, job, uses }) => {
      lab.oidc.job = {
        ...lab.oidc.job,
        mayReadTemplate: true,
        subjectClaimKeys: ['repository_id', 'context'],
      };
      await write(job.workspace, {
        ...FILES,
        'infra/111111111111/deploy.json': policy('repository_id:74:ref:refs/heads/main'),
      });
      const token = 'ghs_lab_token_that_nobody_may_see';
      const step = await uses(
        { ...inputs, 'subject-format': 'name', 'github-token': token },
        { action: 'audit' },
      );
      expect(step.exitCode).toBe(0);
      expect(step.outputs.report).toContain(
        '"subject":"repository_id:74:ref:refs/heads/main","verdict":"allowed"',
      );
    }));

  test('inputs that are not valid are reported together, without the variables', () =>
    withJob({}, async ({ uses }) => {
      const step = await uses(
        { 'fail-on': 'never', variables: '{"vars": "hush"}', 'owner-id': 'x' },
        { action: 'audit' },
      );
      const message = errorOf(step);
      expect(message).toMatch(/4 inputs are not valid/);
      for (const name of ['fail-on', 'variables', 'owner-id', 'policies'])
        expect(message).toContain(`The input ${name} is not valid.`);
      expect(message).not.toContain('hush');
    }));

  test('a workspace without workflows', () =>
    withJob({}, async ({ uses }) => {
      expect(errorOf(await uses(inputs, { action: 'audit' }))).toMatch(/The input workflows names no file/);
    }));

  test('names of files and jobs are no commands', () =>
    withJob({}, async ({ job, uses }) => {
      await write(job.workspace, {
        ...BROKEN,
        '.github/workflows/##[error]x.yml': workflow('    environment: "x\\n::error::y ##[error]z"\n'),
      });
      const step = await uses(inputs, { action: 'audit' });
      expect(step.exitCode).toBe(1);
    }));
});

describe('live', () => {
  /** IAM, as far as GetRole needs it. */
  async function withIam(
    policies: Readonly<Record<string, object>>,
    run: (url: string, requests: string[]) => Promise<void>,
  ) {
    const requests: string[] = [];
    const server = createServer(async (request, response) => {
      let body = '';
      for await (const chunk of request) body += chunk;
      const name = new URLSearchParams(body).get('RoleName') ?? '';
      requests.push(name);
      const document = policies[name];
      response.writeHead(document === undefined ? 404 : 200, { 'content-type': 'text/xml' });
      response.end(
        document === undefined
          ? '<ErrorResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><Error><Type>Sender</Type><Code>NoSuchEntity</Code><Message>no role</Message></Error><RequestId>1</RequestId></ErrorResponse>'
          : `<GetRoleResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><GetRoleResult><Role><Path>/</Path><RoleName>${name}</RoleName><RoleId>AROA</RoleId><Arn>arn:aws:iam::111111111111:role/${name}</Arn><CreateDate>2026-01-01T00:00:00Z</CreateDate><AssumeRolePolicyDocument>${encodeURIComponent(JSON.stringify(document))}</AssumeRolePolicyDocument></Role></GetRoleResult><ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></GetRoleResponse>`,
      );
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      await run(`http://127.0.0.1:${(server.address() as { port: number }).port}`, requests);
    } finally {
      server.close();
    }
  }

  const keys = {
    AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY',
  };
  const inputs = { live: 'true', 'subject-format': 'name' };

  test('the deployed policy is judged where no file has it', () =>
    withJob({}, async ({ job, uses }) => {
      await write(job.workspace, BROKEN);
      await withIam({ deploy: policy(...MAIN) }, async (url, requests) => {
        const step = await uses(inputs, { action: 'audit', env: { ...keys, AWS_ENDPOINT_URL_IAM: url } });
        expect(requests).toEqual(['deploy']);
        expect(step.outputs.report).toContain('"verdict":"denied"');
        expect(step.outputs.report).toContain(`(${ROLE}) does not allow it`);
      });
    }));

  test('drift is a difference in meaning', () =>
    withJob({}, async ({ job, uses }) => {
      await write(job.workspace, FILES);
      const env = (url: string) => ({ ...keys, AWS_ENDPOINT_URL_IAM: url });
      const [first = '', second = ''] = MAIN;
      await withIam({ deploy: policy(second, first) }, async (url) => {
        const same = await uses({ ...inputs, policies: 'infra' }, { action: 'audit', env: env(url) });
        expect(JSON.parse(same.outputs.report ?? '').findings).toEqual([]);
      });
      await withIam({ deploy: policy(...MAIN, 'repo:octo-org/octo-app:pull_request') }, async (url) => {
        const other = await uses({ ...inputs, policies: 'infra' }, { action: 'audit', env: env(url) });
        const [finding] = JSON.parse(other.outputs.report ?? '').findings;
        expect(finding).toMatchObject({
          id: 'drift',
          severity: 'warning',
          file: 'infra/111111111111/deploy.json',
        });
        expect(finding.message).toMatch(/only the account has .*pull_request/);
      });
    }));

  test('a role that is not there is a gap', () =>
    withJob({}, async ({ job, uses }) => {
      await write(job.workspace, FILES);
      await withIam({}, async (url) => {
        const step = await uses(
          { ...inputs, policies: 'infra' },
          { action: 'audit', env: { ...keys, AWS_ENDPOINT_URL_IAM: url } },
        );
        expect(JSON.parse(step.outputs.report ?? '').gaps).toMatchObject([
          { what: expect.stringMatching(/NoSuchEntity/) },
        ]);
      });
    }));

  test('without credentials the step fails', () =>
    withJob({}, async ({ job, uses }) => {
      await write(job.workspace, FILES);
      const env = { AWS_EC2_METADATA_DISABLED: 'true' };
      expect(errorOf(await uses(inputs, { action: 'audit', env }))).toMatch(/\[NO_CREDENTIALS\]/);
    }));
});

describe('as a command', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'audit-command-'));
    await write(folder, BROKEN);
    await write(folder, {
      'variables.json': { vars: { ROLE } },
      '.github/workflows/other.yml': workflow().replace(ROLE, '${{ vars.ROLE }}'),
    });
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const run = (...args: string[]) =>
    new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
      execFile(
        ACTION_NODE,
        [AUDIT, ...args],
        { cwd: folder, env: { PATH: process.env.PATH } },
        (error, stdout, stderr) => resolve({ code: Number(error?.code ?? 0), stdout, stderr }),
      );
    });
  const repository = [
    '--policies',
    'infra',
    '--repository',
    'octo-org/octo-app',
    '--repository-id',
    '74',
    '--owner-id',
    '9919',
  ];

  test('prints a table, and fails for what is denied', async () => {
    const { code, stdout, stderr } = await run(...repository);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^denied +deploy\.yml#deploy +push +refs\/heads\/main +production +name/m);
    expect(stdout).toMatch(/^unknown +other\.yml#deploy/m);
    expect(stderr).toMatch(/fail the audit/);
  });

  test('prints the report as JSON and nothing else', async () => {
    const { code, stdout, stderr } = await run(
      ...repository,
      '--format',
      'json',
      '--fail-on',
      'none',
      '--variables',
      '@variables.json',
      '--subject-format',
      'name',
    );
    expect([code, stderr]).toEqual([0, '']);
    const report = JSON.parse(stdout);
    expect(Object.keys(report)).toEqual(['rows', 'findings', 'gaps']);
    expect(report.rows).toEqual([
      {
        workflow: 'deploy.yml',
        job: 'deploy',
        called: null,
        event: 'push',
        ref: 'refs/heads/main',
        environment: 'production',
        format: 'name',
        audience: 'sts.amazonaws.com',
        role: ROLE,
        subject: 'repo:octo-org/octo-app:environment:production',
        verdict: 'denied',
        why: expect.stringContaining('This statement would allow it: {"Effect":"Allow"'),
        file: '.github/workflows/deploy.yml',
        line: 11,
      },
      expect.objectContaining({ workflow: 'other.yml', role: ROLE, verdict: 'allowed' }),
    ]);
  });

  test('workflows and policies can be named several times', async () => {
    const { stdout } = await run(
      ...repository,
      '--workflows',
      '.github/workflows/other.yml',
      '--workflows',
      '.github/workflows/deploy.yml',
      '--policies',
      'infra/111111111111/deploy.json',
    );
    expect(stdout).toContain('other.yml#deploy');
    expect(stdout).toContain('deploy.yml#deploy');
  });

  test('help', async () => {
    const { code, stdout } = await run('--help');
    expect(code).toBe(0);
    for (const flag of [
      'workflows',
      'policies',
      'repository',
      'repository-id',
      'owner-id',
      'subject-format',
      'default-branch',
      'variables',
      'fail-on',
      'format',
    ])
      expect(stdout).toContain(`--${flag} `);
  });

  test.each([
    [['--bogus'], /Unknown option '--bogus'/],
    [['--format', 'xml'], /--format xml/],
    [[], /The input policies is not valid/],
    [['--policies', 'infra', '--repository', 'octo'], /OWNER\/NAME/],
    [['--variables', '@nothing.json', '--policies', 'infra', '--repository', 'o/r'], /ENOENT/],
    [['--baseline-file', 'variables.json', '--policies', 'infra', '--repository', 'o/r'], /not a report/],
  ])('a command that is not valid: %j', async (args, message) => {
    const { code, stdout, stderr } = await run(...args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(message);
  });

  test('200 workflows and 30 roles', async () => {
    const many = await mkdtemp(path.join(tmpdir(), 'audit-many-'));
    try {
      for (let index = 0; index < 200; index++) {
        const branch = index % 3 === 0 ? 'main' : `release/${index}`;
        const environment = index % 2 === 0 ? `    environment: stage${index % 7}\n` : '';
        await write(many, {
          [`.github/workflows/w${index}.yml`]: workflow(environment)
            .replace('[main]', `["${branch}", "feature/**"]`)
            .replace('role/deploy', `role/deploy${index % 30}`),
        });
      }
      for (let index = 0; index < 30; index++)
        await write(many, {
          [`infra/111111111111/deploy${index}.json`]: policy(
            ...MAIN,
            `repo:octo-org/octo-app:environment:stage${index % 7}`,
          ),
        });
      const started = performance.now();
      const args = [AUDIT, ...repository, '--format', 'json', '--fail-on', 'none'];
      const stdout = await new Promise<string>((resolve, reject) => {
        execFile(ACTION_NODE, args, { cwd: many, maxBuffer: 1e9 }, (error, out) =>
          error ? reject(error) : resolve(out),
        );
      });
      const seconds = (performance.now() - started) / 1000;
      const { rows } = JSON.parse(stdout);
      console.log(`200 workflows, 30 roles: ${rows.length} rows in ${seconds.toFixed(2)} s`);
      expect(new Set(rows.map((row: { workflow: string }) => row.workflow)).size).toBe(200);
    } finally {
      await rm(many, { recursive: true, force: true });
    }
  }, 60_000);
});
