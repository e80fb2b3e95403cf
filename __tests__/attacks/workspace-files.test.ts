import { execFileSync } from 'node:child_process';
import { link, mkdir, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { errorOf, MINIMAL, NO_TRACES, type TestJob, traces, withJob } from '../support/harness.ts';

/** What the runner's user has at home, and what nobody may read in a log. */
const SECRET = 'ghp_16C7e42F292c6912E7710c838347Ae178B4a';
const PRIVATE = `https://octocat:${SECRET}@github.com\n[${SECRET}\n${SECRET} = ${SECRET}\n`;

const REGION = { 'aws-region': 'eu-west-1' };
/** The ways in which a file of the workspace is named, and what reads it. */
const READERS: readonly (readonly [name: string, inputs: (file: string) => object, action: string])[] = [
  ['profiles-file', (file) => ({ ...REGION, 'profiles-file': file }), '.'],
  ['trust-policy', (file) => ({ ...MINIMAL, 'trust-policy': file }), '.'],
  ['web-identity-token-file', (file) => ({ ...MINIMAL, 'web-identity-token-file': file }), '.'],
  ['profiles-file of matrix', (file) => ({ 'profiles-file': file }), 'matrix'],
  ['profiles-file of exec', (file) => ({ ...REGION, 'profiles-file': file, run: 'true' }), 'exec'],
];

const posix = process.platform === 'win32' ? test.skip : test;

describe.each(READERS)('%s', (name, inputs, action) => {
  const isToken = name === 'web-identity-token-file';

  /** The step refuses the file, does nothing else, and its log has no line of it. */
  async function refused({ lab, uses }: TestJob, file: string): Promise<string> {
    const step = await uses({ ...inputs(file) }, { action, env: { RUNNER_DEBUG: '1' } });
    const message = errorOf(step);
    expect(traces(step)).toEqual(NO_TRACES);
    // The runner does not show what it is told to mask.
    const shown = (step.stdout + step.stderr).replaceAll(/^::add-mask::.*$/gm, '');
    expect(shown).not.toContain(SECRET.slice(4, 20));
    expect(lab.traffic.counts().sts).toBe(0);
    return message;
  }

  posix('a link out of the workspace is not followed', () =>
    withJob({}, async (context) => {
      const { home, workspace } = context.job;
      await writeFile(path.join(home, '.git-credentials'), PRIVATE);
      await symlink(path.join(home, '.git-credentials'), path.join(workspace, 'linked'));
      expect(await refused(context, 'linked')).toMatch(/leads out of/);
      await symlink(home, path.join(workspace, 'folder'));
      await refused(context, 'folder/.git-credentials');
      if (!isToken) expect(await refused(context, '../home/.git-credentials')).toContain('leads out of');
      if (!isToken) await refused(context, path.join(home, '.git-credentials'));
    }),
  );

  test('no line of a file that is something else is quoted', () =>
    withJob({}, async (context) => {
      const { workspace } = context.job;
      await mkdir(path.join(workspace, '.git'));
      await writeFile(path.join(workspace, '.git/config'), PRIVATE);
      await link(path.join(workspace, '.git/config'), path.join(workspace, 'hard'));
      await refused(context, 'hard');
      const settings = ['role_arn', 'region', 'duration_seconds', 'source_profile', 'session_tags', SECRET];
      const known = settings.map((key) => `${key} = ${SECRET}`).join('\n');
      await writeFile(path.join(workspace, 'known'), `[profile a]\n${known}\n${SECRET} = x\n${SECRET}`);
      const message = await refused(context, 'known');
      if (!isToken && name !== 'trust-policy') expect(message).toContain('line 2, profile a, role_arn');
    }));

  posix('a FIFO, a device and a folder are no files, and nobody waits for them', () =>
    withJob({}, async (context) => {
      const { workspace } = context.job;
      execFileSync('mkfifo', [path.join(workspace, 'fifo')]);
      await symlink('/dev/zero', path.join(workspace, 'zero'));
      expect(await refused(context, 'fifo')).toContain('not a regular file');
      await refused(context, 'zero');
      await mkdir(path.join(workspace, 'nothing'));
      expect(await refused(context, 'nothing')).toContain('not a regular file');
    }),
  );

  test('a file without end is not read to its end', () =>
    withJob({}, async (context) => {
      await writeFile(path.join(context.job.workspace, 'large'), 'x'.repeat(1024 * 1024 + 1));
      expect(await refused(context, 'large')).toContain(
        isToken ? 'larger than 20000 bytes' : 'larger than 1 MB',
      );
    }));

  test('a path that no file can have is told as such', () =>
    withJob({}, async (context) => {
      expect(await refused(context, 'nowhere/file')).toContain('no such file');
      await refused(context, 'x'.repeat(5000));
    }));
});

test('a link inside the workspace is followed', () =>
  withJob({}, async ({ job, uses }) => {
    await mkdir(path.join(job.workspace, 'aws'));
    const profiles = '[profile a]\nrole_arn = arn:aws:iam::111111111111:role/deploy\n';
    await writeFile(path.join(job.workspace, 'aws/accounts.ini'), profiles);
    await symlink('aws/accounts.ini', path.join(job.workspace, 'accounts.ini'));
    for (const file of ['accounts.ini', path.join(job.workspace, 'accounts.ini')]) {
      expect((await uses({ ...REGION, 'profiles-file': file, 'dry-run': 'true' })).exitCode).toBe(0);
    }
  }));
