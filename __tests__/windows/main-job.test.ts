import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { DEPLOY, errorOf, HUB, MINIMAL, SPOKE } from '../support/harness.ts';
import { type WindowsJob, windowsPath, withWindowsJob } from './windows-job.ts';

const TRUST_POLICY = {
  Version: '2012-10-17',
  Statement: {
    Effect: 'Allow',
    Principal: { Federated: 'arn:aws:iam::111111111111:oidc-provider/token.actions.githubusercontent.com' },
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition: {
      StringEquals: { 'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com' },
      StringLike: { 'token.actions.githubusercontent.com:sub': 'repo:octo-org/octo-app:*' },
    },
  },
};
const WORKFLOW = `on: push
jobs:
  deploy:
    runs-on: windows-latest
    permissions:
      id-token: write
    steps:
      - uses: aws-actions/configure-aws-credentials@v5
        with:
          aws-region: eu-west-1
          role-to-assume: ${DEPLOY}
`;
const PROFILES = `[profile hub]\r\nrole_arn = ${HUB}\r\n[profile dev]\r\nsource_profile = hub\r\nrole_arn = ${SPOKE}\r\nregion = us-east-1\r\n`;
const CHAIN = { ...MINIMAL, 'role-to-assume': HUB, 'role-chain': SPOKE };
const KEYS = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'];

test('the programs run on Windows', () =>
  withWindowsJob(async (job) => {
    const { stdout } = await job.script('console.log(process.platform, process.version, process.execPath)');
    expect(stdout).toMatch(/^win32 v22\.[\d.]+ Z:\\/);
  }));

describe('one role', () => {
  test.each(['a', 'my runner', 'R&D', 'größe', '100%', "it's", 'a!b', '(x86)'])(
    'in the folder %s: exports the session, and the post step restores the job',
    (name) =>
      withWindowsJob(async (job) => {
        const step = await job.uses(MINIMAL);
        expect(step).toMatchObject({ exitCode: 0, stderr: '', log: expect.not.stringContaining('Error:') });
        expect(Object.keys(step.environment)).toEqual(expect.arrayContaining([...KEYS, 'AWS_REGION']));
        expect(step.outputs['aws-account-id']).toBe('111111111111');
        expect(await job.finish()).toMatchObject([{ exitCode: 0, stderr: '' }]);
        expect(KEYS.map((key) => job.environment[key])).toEqual(['', '', '']);
        expect(await job.files(job.home)).toEqual([]);
      }, name),
  );

  test('a variable of the job counts whatever its case, as on Windows', () =>
    withWindowsJob(async (job) => {
      job.environment.Aws_Region = 'ap-south-1';
      job.environment.aws_profile = 'theirs';
      await job.uses({ ...MINIMAL, refresh: 'process' });
      await job.finish();
      expect(job.environment).toMatchObject({ AWS_REGION: 'ap-south-1', AWS_PROFILE: 'theirs' });
    }));

  test('a denial is explained', () =>
    withWindowsJob(async (job) => {
      job.lab.oidc.job.environment = 'other';
      const step = await job.uses({ ...MINIMAL, 'role-to-assume': 'arn:aws:iam::111111111111:role/nobody' });
      expect(errorOf(step)).toMatch(/\[\w+\]/);
      expect(step.log).toContain('role/nobody');
    }));

  test('an OIDC token comes from a file with a path of Windows', () =>
    withWindowsJob(async (job) => {
      const { requestUrl, bearer } = job.lab.oidc;
      const answer = await fetch(`${requestUrl}&audience=sts.amazonaws.com`, {
        headers: { authorization: `Bearer ${bearer}` },
      });
      const { value } = (await answer.json()) as { value: string };
      await writeFile(path.join(job.workspace, 'token'), `${value}\r\n`);
      const step = await job.uses({
        ...MINIMAL,
        'web-identity-token-file': windowsPath(path.join(job.workspace, 'token')),
      });
      expect(step).toMatchObject({ exitCode: 0, stderr: '', log: expect.not.stringContaining('Error:') });
    }));

  test('logout takes everything back before the job ends', () =>
    withWindowsJob(async (job) => {
      await job.uses({ ...CHAIN, 'aws-profile': 'dev' });
      const step = await job.uses({}, { action: 'logout' });
      expect(step).toMatchObject({ exitCode: 0, stderr: '', log: expect.not.stringContaining('Error:') });
      expect(await job.files(job.home)).toEqual([]);
      expect(await job.finish()).toMatchObject([{ exitCode: 0 }, { exitCode: 0 }]);
    }));
});

describe('profiles', () => {
  test.each([
    ['\r\n', 'ends with a line end', '[default]\r\nregion = eu-west-3\r\n# mine\r\n'],
    ['\r\n', 'ends without a line end', '[default]\r\nregion = eu-west-3'],
    ['\r\n', 'has a nested block', '[profile x]\r\ns3 =\r\n  addressing_style = path\r\n'],
    ['\n', 'has the line ends of POSIX', '[default]\nregion = eu-west-3\n'],
  ])('a config file with %j that %s', (lineEnd, _what, before) =>
    withWindowsJob(async (job) => {
      const config = path.join(job.home, '.aws/config');
      await mkdir(path.dirname(config));
      await writeFile(config, before);
      const step = await job.uses({ 'aws-region': 'eu-west-1', profiles: PROFILES });
      expect(step).toMatchObject({ exitCode: 0, stderr: '', log: expect.not.stringContaining('Error:') });
      const text = await readFile(config, 'utf8');
      expect(text).toContain(`[profile dev]${lineEnd}region = us-east-1${lineEnd}`);
      expect(text.startsWith(before)).toBe(true);
      await job.finish();
      expect(await readFile(config, 'utf8')).toBe(before);
    }),
  );

  test('a section of the same name with CRLF is replaced, and restored', () =>
    withWindowsJob(async (job) => {
      const credentials = path.join(job.home, '.aws/credentials');
      const before =
        '[dev]\r\naws_access_key_id = AKIAMINE\r\naws_secret_access_key = mine\r\n[other]\r\nregion = x\r\n';
      await mkdir(path.dirname(credentials));
      await writeFile(credentials, before);
      await job.uses({ ...MINIMAL, 'aws-profile': 'dev', 'overwrite-aws-profile': 'true' });
      expect(await readFile(credentials, 'utf8')).not.toMatch(/^aws_access_key_id = AKIAMINE/m);
      await job.finish();
      expect(await readFile(credentials, 'utf8')).toBe(before);
    }));

  test('the files that the job names, with paths of Windows', () =>
    withWindowsJob(async (job) => {
      const files = path.join(job.workspace, 'my files');
      job.environment.AWS_CONFIG_FILE = `${windowsPath(files)}\\config`;
      job.environment.AWS_SHARED_CREDENTIALS_FILE = '~\\keys\\credentials';
      await job.uses({ ...CHAIN, 'aws-profile': 'dev' });
      expect(await readFile(path.join(files, 'config'), 'utf8')).toContain('[profile dev]');
      expect(await readFile(path.join(job.home, 'keys/credentials'), 'utf8')).toContain('[dev]');
      await job.finish();
      expect([...(await job.files(job.home)), ...(await job.files(job.workspace))]).toEqual([]);
    }));

  test('a profiles file of the workspace with CRLF, by its path with backslashes', () =>
    withWindowsJob(async (job) => {
      await mkdir(path.join(job.workspace, 'ci'));
      await writeFile(path.join(job.workspace, 'ci/accounts.ini'), PROFILES);
      const inputs = { 'aws-region': 'eu-west-1', 'profiles-file': 'ci\\accounts.ini' };
      const step = await job.uses(inputs);
      expect(step).toMatchObject({ exitCode: 0, stderr: '', log: expect.not.stringContaining('Error:') });
      const matrix = await job.uses(inputs, { action: 'matrix' });
      expect(matrix.outputs.names).toBe('["dev"]');
      const outside = await job.uses({ ...inputs, 'profiles-file': '..\\home\\accounts.ini' });
      expect(errorOf(outside)).toContain('profiles-file');
    }));
});

describe('files of the workspace', () => {
  const crlf = (text: string) => text.replaceAll('\n', '\r\n');
  async function writeFiles({ workspace }: WindowsJob): Promise<void> {
    await mkdir(path.join(workspace, '.github/workflows'), { recursive: true });
    await mkdir(path.join(workspace, 'iam'));
    await writeFile(path.join(workspace, '.github/workflows/deploy.yml'), crlf(WORKFLOW));
    await writeFile(path.join(workspace, 'iam/deploy.json'), crlf(JSON.stringify(TRUST_POLICY, null, 2)));
  }

  test('a dry run with a trust policy with CRLF asks nobody', () =>
    withWindowsJob(async (job) => {
      await writeFiles(job);
      const step = await job.uses({ ...MINIMAL, 'dry-run': 'true', 'trust-policy': 'iam\\deploy.json' });
      expect(step).toMatchObject({ exitCode: 0, stderr: '', log: expect.not.stringContaining('Error:') });
      expect(job.lab.traffic.counts().sts ?? 0).toBe(0);
    }));

  test.each([
    'iam',
    'iam/deploy.json',
    'iam\\deploy.json',
    'iam/*.json',
    '.\\iam',
    'iam\\*.json',
    'iam\n!iam\\other*',
  ])('the audit of %s names files as GitHub does', (policies) =>
    withWindowsJob(async (job) => {
      await writeFiles(job);
      const step = await job.uses({ policies }, { action: 'audit' });
      expect(step.log).toContain('allowed  deploy.yml#deploy');
      expect(step.log).toContain('iam/deploy.json (deploy)');
      expect(step.log).not.toContain('Error:');
      expect(step.stdout).not.toContain('iam\\deploy');
    }),
  );
});
