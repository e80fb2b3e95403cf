import { chmod, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { StepResult } from '../../lab/job.ts';
import { awsTrust, defaultWorld, type World } from '../../lab/world.ts';
import { renderMarkdown, tablesIn } from '../support/github-markdown.ts';
import { errorOf, HUB, MINIMAL, SPOKE, withJob } from '../support/harness.ts';

const REGION = { 'aws-region': 'eu-west-1' };
const DOCS = { GITHUB_ACTION_REPOSITORY: 'octo-org/assume-aws-roles', GITHUB_ACTION_REF: 'v1' };
const LINK = 'https://github.com/octo-org/assume-aws-roles/blob/v1/docs/troubleshooting.md#';
/** What the runner keeps of an annotation. */
const MAX_ANNOTATION = 4096;
const THREE = `
[profile hub]
role_arn = ${HUB}
[profile dev]
source_profile = hub
role_arn = ${SPOKE}
[profile broken]
source_profile = hub
role_arn = arn:aws:iam::222222222222:role/missing
[profile below]
source_profile = broken
role_arn = arn:aws:iam::333333333333:role/deploy
`;

const names = (count: number) => Array.from({ length: count }, (_, index) => `account-${index + 1}`);

/** Accounts that trust nobody but `trusted`, and profiles for all of them. */
function accounts(count: number, trusted = 0): { world: World; profiles: string } {
  const world = defaultWorld();
  const sections = names(count).map((name, index) => {
    const id = String(400_000_000_001 + index);
    const roles = index < trusted ? [{ name: 'deploy', trustPolicy: awsTrust(HUB) }] : [];
    world.accounts[id] = { oidcProviders: [], roles };
    return `[profile ${name}]\nsource_profile = hub\nrole_arn = arn:aws:iam::${id}:role/deploy\n`;
  });
  return { world, profiles: `[profile hub]\nrole_arn = ${HUB}\n${sections.join('')}` };
}

function annotations({ commands }: StepResult): string[] {
  return commands
    .filter(({ command }) => ['error', 'warning', 'notice'].includes(command))
    .map(({ message }) => message);
}

function expectToFit(step: StepResult): void {
  for (const message of annotations(step)) expect(message.length).toBeLessThanOrEqual(MAX_ANNOTATION);
}

describe('a long failure', () => {
  test('of thirty profiles for one cause is told once, with remedy and link, and in full in the log', () => {
    const { world, profiles } = accounts(30);
    return withJob({ world }, async ({ uses }) => {
      const step = await uses({ ...REGION, profiles }, { env: DOCS });
      const message = errorOf(step);
      expectToFit(step);
      expect(message).toMatch(
        /^30 of 31 profiles could not be obtained; nothing was delivered\. \[PROFILES_FAILED\]\n/,
      );
      expect(message.match(/\[STS_ACCESS_DENIED\]/g)).toHaveLength(1);
      expect(message).toContain('account-1, account-2, ');
      expect(message).toContain(
        'account-30, in the wording for account-1: STS did not allow the caller to assume',
      );
      expect(message).toMatch(/\n {4}likely: {3}the trust policy of .* does not name/);
      expect(message).toMatch(/\n {2}next: {5}Correct each of them/);
      expect(message.endsWith(`\n  docs:     ${LINK}profiles_failed`)).toBe(true);
      const details = step.log.slice(
        step.log.indexOf('▼ Details of the failure'),
        step.log.indexOf('Error: '),
      );
      for (const name of names(30))
        expect(details).toContain(`    ${name}: STS did not allow the caller to assume`);
    });
  });

  test('of thirty profiles for thirty causes keeps each cause, the remedy and the link', () => {
    const profiles = names(30)
      .map((name, index) => `[profile ${name}]\nrole_arn = ${HUB}-${index}\nregion = moon-${index}\n`)
      .join('');
    return withJob({}, async ({ uses }) => {
      const step = await uses({ ...REGION, profiles }, { env: DOCS });
      const message = errorOf(step);
      expectToFit(step);
      for (const name of names(30)) expect(message).toContain(`profile ${name}, region is not valid`);
      expect(message).toContain(
        'Correct each of them. The action sent no request to GitHub or AWS. The log group "Details of the failure" has the complete text.',
      );
      expect(message.endsWith(`\n  docs:     ${LINK}invalid_input`)).toBe(true);
      expect(step.log.slice(0, step.log.indexOf('Error: '))).toContain('found:    moon-29');
    });
  });

  test('of more problems than have room says how many are left out', () => {
    const profiles = names(300)
      .map((name) => `[profile ${name}]\nregion = eu-west-1\n`)
      .join('');
    return withJob({}, async ({ uses }) => {
      const step = await uses({ ...REGION, profiles });
      expectToFit(step);
      expect(errorOf(step)).toMatch(/^300 inputs are not valid[\s\S]*\n {2}… and \d+ more\n {2}next: /);
      expect(step.log).toContain('profile account-300 is not valid');
    });
  });

  test('with one long fact keeps what comes after it', () =>
    withJob({}, async ({ lab, uses }) => {
      const error = { name: 'error', code: 'AccessDenied', message: 'x'.repeat(9000), status: 403 } as const;
      lab.traffic.inject({ server: 'sts', kind: error, times: Number.POSITIVE_INFINITY });
      const step = await uses(MINIMAL, { env: DOCS });
      expectToFit(step);
      expect(errorOf(step)).toMatch(/x{500}…\n[\s\S]*\n {2}next: [\s\S]*\n {2}docs: /);
      expect(step.log).toContain('x'.repeat(9000));
    }));

  test('that allow-partial lets pass is one warning', () => {
    const { world, profiles } = accounts(30, 3);
    return withJob({ world }, async ({ uses }) => {
      const step = await uses({ ...REGION, profiles, 'allow-partial': 'true' }, { env: DOCS });
      expect(step.exitCode).toBe(0);
      expectToFit(step);
      const [warning, ...others] = annotations(step);
      expect(others).toEqual([]);
      expect(warning).toMatch(
        /^27 of 31 profiles could not be obtained; the others are delivered \(allow-partial\)\./,
      );
      expect(warning).toMatch(/\n {2}account-4, [\s\S]*\n {2}next: [\s\S]*\n {2}docs: /);
    });
  });
});

describe('the summary', () => {
  const summarised = { ...REGION, profiles: THREE, 'job-summary': 'true' };
  const CAUSE = /### Failed: 2\n\n`STS_ACCESS_DENIED`: the trust policy of .* does not name .*\n/;

  test('of a failure has all profiles, with the cause of those that failed', () =>
    withJob({}, async ({ uses }) => {
      const { summary, exitCode } = await uses(summarised);
      expect(exitCode).toBe(1);
      expect(summary).toContain(
        '**2 of 4 profiles could not be obtained; nothing was delivered.** `PROFILES_FAILED`',
      );
      expect(summary).toContain('\n4 sessions: 2 failed, 2 not delivered. [Run 42, attempt 1](https://');
      expect(summary).toMatch(CAUSE);
      expect(summary).toContain('\n| broken | 222222222222 | missing | eu-west-1 |\n');
      expect(summary).toMatch(/### Not delivered: 2\n[\s\S]*\| dev \| 222222222222 \| deploy \|/);
      expect(summary).toMatch(/ {2}n0 -\.->\|STS_ACCESS_DENIED\| n2\["broken: /);
      expect(summary).toMatch(/ {2}n2 -\.->\|not requested\| n3\["below: /);
    }));

  test('with allow-partial draws a profile that failed as not reached', () =>
    withJob({}, async ({ uses }) => {
      const { summary, exitCode } = await uses({ ...summarised, 'allow-partial': 'true' });
      expect(exitCode).toBe(0);
      expect(summary).toMatch(CAUSE);
      expect(summary).toMatch(/### Delivered: 2\n[\s\S]*\| dev \|/);
      expect(summary).toContain('  n0 --> n1["dev: ');
      expect(summary).not.toMatch(/--> n[23]/);
      expect(summary).toContain('  class n2,n3 missing\n');
    }));

  test('of one role has no empty column', () =>
    withJob({}, async ({ uses }) => {
      const { summary } = await uses({ ...MINIMAL, 'job-summary': 'true' });
      expect(summary).toContain(
        '| account | role | region | expires | assumed-role ID | request ID | CloudTrail |\n',
      );
      expect(summary).not.toMatch(/\| *\|/);
    }));

  test('of a guard that fails says that nothing is delivered', () =>
    withJob({}, async ({ uses }) => {
      const inputs = { ...MINIMAL, 'job-summary': 'true', 'allowed-account-ids': '999999999999' };
      const { summary } = await uses(inputs);
      expect(summary).toMatch(
        /`ACCOUNT_NOT_ALLOWED`[\s\S]*1 not delivered\.[\s\S]*\| 111111111111 \| deploy \|/,
      );
    }));

  test('of a dry run has what it would obtain', () =>
    withJob({}, async ({ lab, uses }) => {
      const { summary } = await uses({ ...summarised, 'dry-run': 'true' });
      expect(summary).toContain('4 sessions: 4 planned, not requested.');
      expect(summary).toContain('\n| dev | 222222222222 | deploy | eu-west-1 |\n');
      expect(summary).toContain('  n0 --> n1["dev: ');
      expect(lab.traffic.counts().sts).toBe(0);
    }));

  test('of three hundred accounts is folded and cut, and a GitHub renderer reads it', () => {
    const { world, profiles } = accounts(300, 200);
    return withJob({ world }, async ({ uses }) => {
      const inputs = { ...REGION, profiles, 'job-summary': 'true', 'disable-retry': 'true' };
      const { summary, outputs } = await uses({ ...inputs, 'allow-partial': 'true' });
      const html = renderMarkdown(summary);
      expect([...html.matchAll(/<summary>(.*?)<\/summary>/g)].map(([, title]) => title)).toEqual([
        'Failed: 100',
        'Delivered: 201',
      ]);
      expect(tablesIn(html).map(({ rows }) => rows.length)).toEqual([100, 201]);
      expect(summary.match(/^ {2}.* --?.*> /gm)?.length).toBeLessThan(45);
      expect(JSON.parse(outputs.receipt ?? '').sessions).toHaveLength(301);
    });
  });

  test('of inputs that are wrong lists them', () =>
    withJob({}, async ({ uses }) => {
      const inputs = { ...MINIMAL, 'aws-region': '?', 'role-duration-seconds': '2h', 'job-summary': 'true' };
      const { summary } = await uses(inputs);
      expect(summary).toMatch(
        /`INVALID_INPUT`\n\n- The input aws-region is not valid\.\n- The input role-duration-seconds is not valid\.\n/,
      );
    }));
});

describe('the output receipt', () => {
  const receiptOf = ({ outputs }: StepResult) => JSON.parse(outputs.receipt ?? '');
  const wanted = { ...REGION, profiles: THREE, 'job-summary': 'true' };

  test('has every session with its place in CloudTrail, the run, and no credentials', () =>
    withJob({ env: { GITHUB_RUN_ATTEMPT: '3' } }, async ({ lab, uses }) => {
      const step = await uses({ ...wanted, 'allow-partial': 'true' });
      const receipt = receiptOf(step);
      expect(receipt).toMatchObject({
        result: 'delivered',
        run: {
          id: '42',
          attempt: '3',
          url: 'https://github.com/octo-org/octo-app/actions/runs/42/attempts/3',
        },
        session_name: 'octo-org.octo-app-42.3',
      });
      const [failed, , hub] = receipt.sessions;
      expect(failed).toMatchObject({ profile: 'broken', status: 'failed', code: 'STS_ACCESS_DENIED' });
      expect(hub).toMatchObject({
        profile: 'hub',
        status: 'delivered',
        arn: 'arn:aws:sts::111111111111:assumed-role/deploy-hub/octo-org.octo-app-42.3',
        cloudtrail:
          'https://eu-west-1.console.aws.amazon.com/cloudtrailv2/home?region=eu-west-1#/events?Username=octo-org.octo-app-42.3',
      });
      for (const id of lab.accessKeyIds()) expect(step.outputs.receipt).not.toContain(id);
      const agents = lab.traffic.requests.map(({ headers }) => headers['user-agent']);
      expect(agents.at(-1)).toContain('md/attempt#3');
    }));

  test('is written when the step fails, and in a dry run', () =>
    withJob({}, async ({ uses }) => {
      const failed = await uses(wanted);
      expect(failed.exitCode).toBe(1);
      expect(receiptOf(failed)).toMatchObject({ result: 'failed', error: { code: 'PROFILES_FAILED' } });
      expect({ ...failed.outputs, receipt: '' }).toEqual({ receipt: '' });
      expect(failed.environment).toEqual({});
      const dry = receiptOf(await uses({ ...wanted, 'dry-run': 'true' }));
      expect(dry.result).toBe('dry-run');
      expect(dry.sessions).toHaveLength(4);
    }));

  test('needs job-summary', () =>
    withJob({}, async ({ uses }) => {
      expect(Object.keys((await uses(MINIMAL)).outputs)).not.toContain('receipt');
    }));

  test('has no account IDs with mask-aws-account-id, whatever the ID of the run looks like', () =>
    withJob({ env: { GITHUB_RUN_ID: '123456789012' } }, async ({ uses }) => {
      const { outputs, summary } = await uses({ ...wanted, 'mask-aws-account-id': 'true' });
      const others = (outputs.receipt + summary).replaceAll('123456789012', '');
      expect(others).not.toMatch(/(?<!\d)\d{12}(?!\d)/);
      const { run, sessions } = receiptOf({ outputs } as StepResult);
      expect(run.url).toContain('/runs/123456789012/');
      expect(sessions.at(-1).cloudtrail).toMatch(/Username=octo-org\.octo-app-123456789012$/);
    }));
});

describe('what is found is quoted as it was written', () => {
  test.each([
    ['a "quoted" word', 'a "quoted" word'],
    ['C:\\new\\table', 'C:\\new\\table'],
    ['a\tb\u0085c\u202Ed', 'a\\tb\\u{85}c\\u{202e}d'],
  ])('%j', (value, shown) =>
    withJob({}, async ({ uses }) => {
      expect(errorOf(await uses({ ...MINIMAL, 'aws-region': value }))).toContain(`\n  found:    ${shown}\n`);
    }),
  );
});

describe('after logout', () => {
  test('the post steps restore and remove nothing that is gone already', () =>
    withJob({ env: { AWS_REGION: 'us-west-2' } }, async ({ uses, finish }) => {
      await uses({ ...MINIMAL, 'aws-profile': 'x', 'output-env-credentials': 'true' });
      await uses({}, { action: 'logout' });
      // That of `logout` comes first, and takes its own section out.
      const [, post] = await finish();
      expect(post?.log).not.toMatch(/Restored.*AWS_(ACCESS|SECRET|SESSION)/);
      expect(post?.log).not.toContain('Removed');
      expect(Object.keys(post?.environment ?? {})).not.toContain('AWS_SECRET_ACCESS_KEY');
    }));

  test('a profile that is still there is removed, and only its file is named', () =>
    withJob({}, async ({ job, uses, finish }) => {
      await mkdir(path.join(job.home, '.aws'));
      await writeFile(path.join(job.home, '.aws/config'), '[profile other]\nregion = eu-west-1\n');
      await uses({ ...MINIMAL, refresh: 'process' });
      const [post] = await finish();
      expect(post?.log).toContain(`Removed the profiles from ${path.join(job.home, '.aws/config')}.`);
    }));
});

describe('an empty role-to-assume on a runner with credentials', () => {
  const env = {
    AWS_ACCESS_KEY_ID: 'AKIALABUSER000000001',
    AWS_SECRET_ACCESS_KEY: 'lab0secret/of+the0user/ci0000000000000001',
  };

  test('is warned of, with whose credentials they are', () =>
    withJob({ env }, async ({ uses }) => {
      const step = await uses({ ...REGION, 'role-to-assume': '' });
      expect(step.exitCode).toBe(0);
      expect(annotations(step)).toEqual([
        expect.stringMatching(
          /^role-to-assume is empty, .*: arn:aws:iam::111111111111:user\/ci\. .*auth: ambient/,
        ),
      ]);
    }));

  test.each([{ auth: 'ambient' }, { 'force-skip-oidc': 'true' }])('is meant with %j', (inputs) =>
    withJob({ env }, async ({ uses }) => {
      const step = await uses({ ...REGION, ...inputs });
      expect(step.exitCode).toBe(0);
      expect(annotations(step)).toEqual([]);
    }),
  );
});

describe('the other actions', () => {
  test.each([
    ['no command', { shell: 'bash' }, 'The input run is not valid'],
    ['an unknown shell', { run: 'true', shell: 'fish' }, 'The input shell is not valid'],
    ['a quote that does not end', { run: 'echo "open', shell: 'none' }, 'a quote that does not end'],
  ])('exec tells of %s along with all else that is wrong, and asks nobody', (_what, inputs, expected) =>
    withJob({}, async ({ lab, uses }) => {
      const wrong = { ...MINIMAL, ...inputs, 'role-duration-seconds': '2h' };
      const message = errorOf(await uses(wrong, { action: 'exec', env: DOCS }));
      expect(message).toMatch(/^2 inputs are not valid/);
      expect(message).toContain(expected);
      expect(message).toContain('role-duration-seconds');
      const alone = errorOf(await uses({ ...MINIMAL, ...inputs }, { action: 'exec' }));
      expect(alone).toContain(expected);
      expect(lab.traffic.requests).toEqual([]);
    }),
  );

  test('matrix and logout lead to the documentation when they fail', () =>
    withJob({}, async ({ job, uses }) => {
      expect(errorOf(await uses({}, { action: 'matrix', env: DOCS }))).toContain(
        `docs:     ${LINK}invalid_input`,
      );
      await mkdir(path.join(job.temp, 'assume-aws-roles'));
      await chmod(path.join(job.temp, 'assume-aws-roles'), 0o777);
      expect(errorOf(await uses({}, { action: 'logout', env: DOCS }))).toContain(
        `docs:     ${LINK}folder_refused`,
      );
    }));
});

describe('a diagnosis', () => {
  test('has a placeholder for the external ID', () =>
    withJob({}, async ({ uses }) => {
      const inputs = { ...MINIMAL, 'role-to-assume': HUB, 'role-chain': `${SPOKE}-x` };
      const step = await uses({ ...inputs, 'role-external-id': 'between-us-two' });
      expect(errorOf(step)).toContain('[STS_ACCESS_DENIED]');
      expect(step.log).toContain('"sts:ExternalId": "EXTERNAL-ID"');
      expect(step.log).toContain('Replace EXTERNAL-ID with role-external-id');
      expect(step.log).not.toContain('between-us-two');
    }));

  test('by a trust policy in the workspace does not show it either', () =>
    withJob({}, async ({ job, uses }) => {
      await writeFile(
        path.join(job.workspace, 'hub.json'),
        JSON.stringify({ Statement: { Effect: 'Allow', Principal: '*', Action: '*' } }),
      );
      await writeFile(path.join(job.workspace, 'spoke.json'), JSON.stringify(awsTrust(HUB, 'another')));
      const inputs = {
        ...MINIMAL,
        'role-to-assume': HUB,
        'role-chain': SPOKE,
        'trust-policy': 'hub.json\nspoke.json',
      };
      const step = await uses({ ...inputs, 'role-external-id': 'between-us-two' });
      expect(errorOf(step)).toContain('[TRUST_POLICY_MISMATCH]');
      expect(step.log).not.toContain('between-us-two');
    }));

  test.each<[string, string, Record<string, string>]>([
    ['Forgejo', 'https://codeberg.example/api/actions', { FORGEJO_ACTIONS: 'true', GITEA_ACTIONS: 'true' }],
    ['Gitea', 'https://gitea.example/api/actions', { GITEA_ACTIONS: 'true' }],
    ['GitHub Enterprise Server', 'https://ghes.example/_services/token', {}],
    ['GitHub Enterprise Cloud with data residency', 'https://token.actions.octo.ghe.com', {}],
  ])('names the server that the token is from: %s', (server, issuer, env) =>
    withJob({ issuer }, async ({ uses }) => {
      const step = await uses(MINIMAL, { env });
      expect(errorOf(step)).toMatch(new RegExp(`likely: +the token comes from ${server} \\(`));
      if (server !== 'GitHub Enterprise Server')
        expect(step.log).not.toMatch(/Enterprise Server|ghes-issuer/);
    }),
  );

  test("of a denial on Forgejo has its issuer and its claims, which are fewer than GitHub's", () =>
    withJob({ issuer: 'https://forge.example/api/actions' }, async ({ lab, uses }) => {
      // Forgejo user guide, "Security OpenID Connect": what its tokens do not have, and the hour that they last.
      const absent = ['actor_id', 'environment', 'head_ref', 'job_workflow_ref', 'repository_id'];
      absent.push('repository_owner_id', 'repository_visibility', 'runner_environment', 'jti');
      lab.oidc.job.overrides = {
        ...Object.fromEntries(absent.map((claim) => [claim, undefined])),
        exp: Math.floor(Date.now() / 1000) + 3600,
      };
      const env = { FORGEJO_ACTIONS: 'true', GITEA_ACTIONS: 'true' };
      const { log } = await uses({ ...MINIMAL, 'dry-run': 'true' }, { env });
      expect(log).toMatch(/issuer: +https:\/\/forge\.example\/api\/actions\n/);
      expect(log).toContain('oidc-provider/forge.example/api/actions"');
      expect(log).toContain('"forge.example/api/actions:sub": "repo:octo-org/octo-app:ref:refs/heads/main"');
      expect(log).toContain('create-open-id-connect-provider --url https://forge.example/api/actions ');
      expect(log).not.toMatch(/undefined|githubusercontent/);
      const step = await uses(MINIMAL, { env });
      expect(errorOf(step)).toMatch(/likely: +the token comes from Forgejo \(/);
      expect(step.log).not.toContain('undefined');
    }));

  test('of a missing permission says that Gitea may issue no tokens', () =>
    withJob({ idToken: false, env: { GITEA_ACTIONS: 'true' } }, async ({ uses }) => {
      const message = errorOf(await uses(MINIMAL));
      expect(message).toContain('[OIDC_PERMISSION_MISSING]');
      expect(message).toContain('Check whether this version of Gitea issues OIDC tokens to jobs');
    }));

  test('of a missing permission names that of Forgejo there', () =>
    withJob({ idToken: false, env: { FORGEJO_ACTIONS: 'true', GITEA_ACTIONS: 'true' } }, async ({ uses }) => {
      const message = errorOf(await uses(MINIMAL));
      expect(message).toContain('enable-openid-connect: true');
      expect(message).not.toContain('id-token: write');
    }));
});
