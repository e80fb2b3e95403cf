import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { DEPLOY, errorOf, HUB, MINIMAL, NO_TRACES, SPOKE, traces, withJob } from '../support/harness.ts';

const REGION = { 'aws-region': 'eu-west-1' };

describe('a summary that cannot be written', () => {
  test('is a warning: the step succeeds, and its post step takes everything back', () =>
    withJob({}, async ({ job, uses, finish }) => {
      const step = await uses(
        { ...MINIMAL, 'job-summary': 'true' },
        { env: { GITHUB_STEP_SUMMARY: job.temp } },
      );
      expect(step.exitCode).toBe(0);
      expect(step.log).toMatch(
        /Warning: The job summary could not be written \(GITHUB_STEP_SUMMARY: EISDIR\)/,
      );
      expect(step.environment.AWS_ACCESS_KEY_ID).toMatch(/^ASIA/);
      await finish();
      expect(job.environment.AWS_ACCESS_KEY_ID).toBe('');
    }));

  test('leaves a failure as it is', () =>
    withJob({}, async ({ job, uses }) => {
      const inputs = { ...MINIMAL, 'job-summary': 'true', 'allowed-account-ids': '999999999999' };
      const step = await uses(inputs, { env: { GITHUB_STEP_SUMMARY: job.temp } });
      expect(errorOf(step)).toContain('[ACCOUNT_NOT_ALLOWED]');
      const receipt = expect.stringContaining('"ACCOUNT_NOT_ALLOWED"');
      expect(traces(step)).toEqual({ ...NO_TRACES, outputs: { receipt } });
    }));

  test('does not keep the post step from ending the broker', () =>
    withJob({}, async ({ job, uses, finish }) => {
      const step = await uses({ ...MINIMAL, refresh: 'broker', 'job-summary': 'true' });
      const url = step.environment.AWS_CONTAINER_CREDENTIALS_FULL_URI ?? '';
      expect((await fetch(url)).status).toBe(401);
      const [post] = await finish({ env: { GITHUB_STEP_SUMMARY: job.temp } });
      expect(post?.log).toContain('could not be written');
      await expect(fetch(url)).rejects.toThrow();
    }));
});

test('a warning with a long name in it does not lose more than its end', () =>
  withJob({}, async ({ job, uses }) => {
    const Sid = 'x'.repeat(9000);
    const statement = { Sid, Effect: 'Allow', Principal: '*', Action: 'sts:AssumeRoleWithWebIdentity' };
    await writeFile(path.join(job.workspace, 'trust.json'), JSON.stringify({ Statement: statement }));
    const { commands } = await uses({ ...MINIMAL, 'trust-policy': 'trust.json' });
    const warnings = commands.filter(({ command }) => command === 'warning');
    expect(warnings).not.toEqual([]);
    for (const { message } of warnings) expect(message).toHaveLength(4096);
  }));

describe('a profiles-file that says one thing to us and another to boto3', () => {
  const profiles = (line: string) => `[profile a]\nrole_arn = ${HUB}\n${line}\n`;

  test.each([
    ['a colon for the equals sign', 'credential_process: /bin/sh -c evil = y'],
    ['a colon alone', 'credential_process : /bin/sh'],
    ['a lone carriage return', 'output = json\rcredential_process = /bin/sh -c evil'],
    ['a separator that Python strips', 'credential_process\u001F = /bin/sh -c evil'],
    ['a next line', 'credential_process\u0085 = /bin/sh -c evil'],
    ['a carriage return in a nested block', 's3 =\n  x = 1\rcredential_process = /bin/sh -c evil'],
    ['a letter that becomes another in lower case', '\u212Aey = x'],
  ])('is refused: %s', (_what, line) =>
    withJob({}, async ({ lab, job, uses }) => {
      await writeFile(path.join(job.workspace, 'accounts.ini'), profiles(line));
      const step = await uses({ ...REGION, 'profiles-file': 'accounts.ini' });
      expect(errorOf(step)).toMatch(/The input profiles-file, line \d/);
      expect(errorOf(step)).toContain('[INVALID_INPUT]');
      expect(lab.traffic.requests).toEqual([]);
      await expect(readFile(path.join(job.home, '.aws/config'), 'utf8')).rejects.toThrow('ENOENT');
    }),
  );

  test('settings of the usual form are carried on', () =>
    withJob({}, async ({ job, uses }) => {
      const lines = 'cli_pager =\ns3 =\n  addressing_style = path\nendpoint_url = https://a.example:8443/x';
      expect((await uses({ ...REGION, profiles: profiles(lines) })).exitCode).toBe(0);
      expect(await readFile(path.join(job.home, '.aws/config'), 'utf8')).toContain(
        'https://a.example:8443/x',
      );
    }));
});

test('a profile name with a comma, which would select two others, is refused', () =>
  withJob({}, async ({ lab, uses }) => {
    const profiles = ['dev', 'prod', 'dev,prod']
      .map((name) => `[profile ${name}]\nrole_arn = ${DEPLOY}\n`)
      .join('');
    const inputs = { ...REGION, profiles, 'select-profiles': 'dev,prod' };
    expect(errorOf(await uses(inputs))).toMatch(/line 5[\s\S]*names have no spaces, commas/);
    expect(lab.traffic.requests).toEqual([]);
    expect(errorOf(await uses(inputs, { action: 'matrix' }))).toMatch(/line 5/);
  }));

describe('mask-aws-account-id hides the accounts', () => {
  const PROFILES = `[profile hub]\nrole_arn = ${HUB}\n[profile dev]\nsource_profile = hub\nrole_arn = ${SPOKE}\n`;
  const masked = { ...REGION, 'mask-aws-account-id': 'true' };

  test.each(['profiles', 'profiles-file'])('of %s in a dry run, in errors and in the summary', (input) =>
    withJob({}, async ({ job, uses }) => {
      await writeFile(path.join(job.workspace, 'accounts.ini'), PROFILES);
      await writeFile(
        path.join(job.workspace, 'wrong.ini'),
        `${PROFILES}credential_source = Moon ${SPOKE}\n`,
      );
      const given = (file: string, text: string) => ({
        ...masked,
        [input]: input === 'profiles' ? text : file,
      });
      const plan = await uses({ ...given('accounts.ini', PROFILES), 'dry-run': 'true' });
      expect(plan.log).toContain('dev: AssumeRole arn:aws:iam::***:role/deploy');
      const wrong = await uses({
        ...given('wrong.ini', `${PROFILES}credential_source = Moon ${SPOKE}\n`),
        'job-summary': 'true',
      });
      expect(errorOf(wrong)).toContain('credential_source');
      const denied = await uses({
        ...given('accounts.ini', PROFILES),
        auth: 'github-oidc',
        audience: 'nobody',
        'job-summary': 'true',
      });
      expect(denied.exitCode).toBe(1);
      for (const { log, summary } of [plan, wrong, denied])
        expect(log + summary).not.toMatch(/(?<!\d)\d{12}(?!\d)/);
    }),
  );

  test('of a trust policy in the workspace', () =>
    withJob({}, async ({ job, uses }) => {
      await mkdir(path.join(job.workspace, 'iam'));
      const Principal = { AWS: 'arn:aws:iam::777777777777:root' };
      const policy = { Statement: { Effect: 'Allow', Principal, Action: 'sts:AssumeRole' } };
      await writeFile(path.join(job.workspace, 'iam/deploy.json'), JSON.stringify(policy));
      const step = await uses({ ...MINIMAL, ...masked, 'trust-policy': 'iam/deploy.json' });
      expect(errorOf(step)).toContain('[TRUST_POLICY_MISMATCH]');
      expect(step.log).not.toContain('777777777777');
    }));
});
