import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { DEPLOY, errorOf, HUB, MINIMAL, type TestJob, withJob } from '../support/harness.ts';

/*
 * Text of others in what is printed. `withJob` carries out what the runner reads in the output, and fails when that is
 * not one of the commands that the adapter sends on purpose.
 */

/** Texts that are commands where they are printed as they stand. Behind `stop-commands`, no other would show. */
const COMMANDS: readonly (readonly [form: string, text: string])[] = [
  [
    'save-state with ##[ anywhere, and with :: behind U+0085, a line break and a carriage return',
    [
      'x##[save-state name=refreshing]/victim',
      '\u0085::save-state name=refreshing::/victim',
      'x\n::save-state name=refreshing::/victim',
      'x\r\u00A0::save-state name=refreshing::/victim',
    ].join('\n'),
  ],
  ['stop-commands, in another case, too', '##[Stop-Commands]token\n##[stop-commands]token'],
];

const inWorkspace = ({ job }: TestJob, name: string, text: string) =>
  writeFile(path.join(job.workspace, name), text);

/** A trust policy for every subject, so that there is a warning of it, with this `Sid`. */
const tooWide = (sid: string, subject = 'repo:*') =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Sid: sid,
        Effect: 'Allow',
        Principal: {
          Federated: 'arn:aws:iam::111111111111:oidc-provider/token.actions.githubusercontent.com',
        },
        Action: 'sts:AssumeRoleWithWebIdentity',
        Condition: {
          StringEquals: { 'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com' },
          StringLike: { 'token.actions.githubusercontent.com:sub': subject },
        },
      },
    ],
  });

describe.each(COMMANDS)('%s', (_form, text) => {
  test('in the Sid and the conditions of a trust-policy file', () =>
    withJob({}, async (context) => {
      await inWorkspace(context, 'trust.json', tooWide(text));
      const inputs = { ...MINIMAL, 'trust-policy': 'trust.json' };
      for (const more of [{ 'dry-run': 'true' }, {}]) {
        const step = await context.uses({ ...inputs, ...more });
        expect(step.log).toContain('Trust policy: trust.json');
        expect(step.state).not.toHaveProperty('refreshing');
      }
      await inWorkspace(context, 'trust.json', tooWide(text, text));
      expect(errorOf(await context.uses(inputs))).toContain('[TRUST_POLICY_MISMATCH]');
    }));

  test('in what STS answers', () =>
    withJob({}, async ({ lab, uses }) => {
      for (const code of ['AccessDenied', 'Throttling', 'ExpiredTokenException']) {
        lab.traffic.clearFaults();
        const kind = { name: 'error', code, message: text, status: 400 } as const;
        lab.traffic.inject({ server: 'sts', kind, times: 99 });
        const step = await uses({ ...MINIMAL, 'retry-max-attempts': '2' }, { env: { RUNNER_DEBUG: '1' } });
        errorOf(step);
        expect(step.state).toEqual({});
      }
      lab.traffic.clearFaults();
      lab.traffic.inject({ server: 'sts', kind: { name: 'error', code: text, message: 'x', status: 400 } });
      errorOf(await uses(MINIMAL));
    }));

  test('in the branches of a pull request, the claims and what the API of GitHub answers', () => {
    const side = { repo: { full_name: `octo-org/${text}` }, ref: text };
    return withJob({ event: { pull_request: { head: side, base: side } } }, async ({ lab, uses }) => {
      Object.assign(lab.oidc.job, {
        ref: `refs/heads/${text}`,
        headRef: text,
        environment: text,
        subjectClaimKeys: ['repo', text],
        mayReadTemplate: true,
      });
      const kind = { name: 'error', code: 'AccessDenied', message: 'no', status: 403 } as const;
      lab.traffic.inject({ server: 'sts', kind, times: 99 });
      const refused = await uses(MINIMAL, { env: { GITHUB_REF: `refs/heads/${text}` } });
      expect(refused.log).toContain('Diagnosis');
      expect((await uses({ ...MINIMAL, 'dry-run': 'true' })).exitCode).toBe(0);
    });
  });

  test('in inputs that are not valid', () =>
    withJob({}, async ({ uses }) => {
      errorOf(await uses({ ...MINIMAL, 'aws-region': text, 'custom-tags': text, 'profiles-file': text }));
      errorOf(await uses({ ...MINIMAL, 'trust-policy': text }));
    }));
});

describe('a role path with a command', () => {
  const profiles = (role: string) =>
    `[profile bad]\nrole_arn = ${role}\n[profile good]\nrole_arn = ${DEPLOY}\n`;
  const STOP = 'arn:aws:iam::111111111111:role/##[stop-commands]x/y';

  test('in a profiles-file does not end the masking of the keys that follow', () =>
    withJob({}, async (context) => {
      await inWorkspace(context, 'profiles.ini', profiles(STOP));
      const inputs = { 'aws-region': 'eu-west-1', 'profiles-file': 'profiles.ini', 'allow-partial': 'true' };
      const step = await context.uses({
        ...inputs,
        'default-profile': 'good',
        'output-env-credentials': 'true',
      });
      expect(step.exitCode).toBe(0);
      const masked = step.commands
        .filter(({ command }) => command === 'add-mask')
        .map(({ message }) => message);
      expect(masked).toEqual(expect.arrayContaining([step.environment.AWS_SECRET_ACCESS_KEY]));
      // Still a text that people can read.
      expect(step.log.replaceAll('\u200B', '')).toContain(STOP);
    }));

  test('and in those of the other actions', () =>
    withJob({}, async (context) => {
      await inWorkspace(context, 'profiles.ini', profiles(STOP));
      const inputs = { 'aws-region': 'eu-west-1', 'profiles-file': 'profiles.ini' };
      const { 'aws-region': _region, ...file } = inputs;
      expect((await context.uses(file, { action: 'matrix' })).exitCode).toBe(0);
      errorOf(await context.uses({ ...inputs, run: 'true' }, { action: 'exec' }));
      errorOf(
        await context.uses({ ...MINIMAL, 'role-to-assume': HUB, 'role-chain': STOP, 'dry-run': 'false' }),
      );
      expect((await context.uses({ ...inputs, 'dry-run': 'true' })).exitCode).toBe(0);
    }));

  test('in names of the credential process, whose standard error a later step shows', () =>
    withJob({}, async (context) => {
      const { job } = context;
      const name = '##[stop-commands]x';
      const step = await job.run(process.execPath, [
        path.resolve('dist/credential-process/index.js'),
        '--profile',
        name,
        '--plan',
        path.join(job.temp, `${name}\u0085::stop-commands::x`, 'plan.json'),
      ]);
      expect(step.exitCode).toBe(1);
      expect(step.stderr).toContain('REFRESH_PLAN_UNUSABLE');
      expect(step.commands).toEqual([]);
    }));
});

test('a secret that contains a marker is masked in every form in which it can be shown', () =>
  withJob({}, async ({ job, uses }) => {
    const secret = '::external##[id]';
    const step = await uses({ ...MINIMAL, 'github-token': secret });
    expect([...job.masks]).toEqual(
      expect.arrayContaining([secret, '::external##\u200B[id]', ':\u200B:external##\u200B[id]']),
    );
    expect(
      step.stdout.split('\n').filter((line) => line.includes(secret) && !/^::add-mask::/.test(line)),
    ).toEqual([]);
  }));
