import { chmod, lstat, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { MINIMAL, type TestJob, withJob } from '../support/harness.ts';

const CREDENTIALS = '[mine]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\n# no line end';
const CONFIG = '[default]\r\nregion = eu-west-3\r\n';

/** Everything below a folder: kind, permissions, bytes. */
async function treeOf(folder: string): Promise<Record<string, string>> {
  const tree: Record<string, string> = {};
  for (const name of (await readdir(folder, { recursive: true })).sort()) {
    const found = await lstat(path.join(folder, name));
    const content = found.isFile() ? await readFile(path.join(folder, name), 'base64') : 'folder';
    tree[name] = `${(found.mode & 0o7777).toString(8)} ${content}`;
  }
  return tree;
}

/** The files of a user who lets the group read. */
async function sharedFiles({ job }: TestJob, mode: number): Promise<string> {
  const folder = path.join(job.home, '.aws');
  await mkdir(folder, { mode: 0o750 });
  await chmod(folder, 0o750);
  for (const [name, text] of [
    ['credentials', CREDENTIALS],
    ['config', CONFIG],
  ] as const) {
    await writeFile(path.join(folder, name), text);
    await chmod(path.join(folder, name), mode);
  }
  return folder;
}

const modeOf = async (file: string) => (await stat(file)).mode & 0o777;
const PROFILE = { ...MINIMAL, 'aws-profile': 'deploy' };

const posix = process.platform === 'win32' ? describe.skip : describe;

posix('after the post step the tree is as it was, in bytes and permissions', () => {
  test.each([0o640, 0o644, 0o600, 0o664])('files of mode %o', (mode) =>
    withJob({}, async (context) => {
      const folder = await sharedFiles(context, mode);
      const before = await treeOf(context.job.home);
      expect((await context.uses(PROFILE)).exitCode).toBe(0);
      expect(await modeOf(path.join(folder, 'credentials'))).toBe(0o600);
      expect(await modeOf(path.join(folder, 'config'))).toBe(mode);
      await context.finish();
      expect(await treeOf(context.job.home)).toEqual(before);
    }),
  );

  test('several invocations: only the last to go gives the permissions back', () =>
    withJob({}, async (context) => {
      const folder = await sharedFiles(context, 0o640);
      const before = await treeOf(context.job.home);
      await context.uses(PROFILE);
      const one = await treeOf(context.job.home);
      await context.uses({ ...PROFILE, 'overwrite-aws-profile': 'true' });
      expect(await modeOf(path.join(folder, 'credentials'))).toBe(0o600);
      expect(one['.aws/credentials']).toMatch(/^600 /);
      await context.finish();
      expect(await treeOf(context.job.home)).toEqual(before);
    }));

  test.each([0o600, 0o640])(
    'two jobs of a user with the same profile, of which the first also ends first; files of mode %o',
    (mode) =>
      withJob({}, async (first) => {
        const { home } = first.job;
        await sharedFiles(first, mode);
        const before = await treeOf(home);
        await withJob({ env: { HOME: home, USERPROFILE: home } }, async (second) => {
          await first.uses(PROFILE);
          await second.uses({ ...PROFILE, 'overwrite-aws-profile': 'true' });
          await first.finish();
          expect(await modeOf(path.join(home, '.aws/credentials'))).toBe(0o600);
          expect(await readFile(path.join(home, '.aws/credentials'), 'utf8')).toContain('\n[deploy]\n');
          await second.finish();
        });
        expect(await treeOf(home)).toEqual(before);
      }),
  );

  test('logout gives them back, too; the post steps then change nothing', () =>
    withJob({}, async (context) => {
      await sharedFiles(context, 0o640);
      const before = await treeOf(path.join(context.job.home, '.aws'));
      await context.uses(PROFILE);
      await context.uses({}, { action: 'logout' });
      const after = await treeOf(path.join(context.job.home, '.aws'));
      expect(after.credentials).toBe(before.credentials);
      await context.finish();
      expect(await treeOf(path.join(context.job.home, '.aws'))).toEqual(before);
    }));

  test('permissions that somebody else set in between stay', () =>
    withJob({}, async (context) => {
      const folder = await sharedFiles(context, 0o644);
      await context.uses(PROFILE);
      await chmod(path.join(folder, 'credentials'), 0o400);
      await context.finish();
      expect(await modeOf(path.join(folder, 'credentials'))).toBe(0o400);
    }));

  test('a delivery that fails half-way', () =>
    withJob({}, async (context) => {
      await sharedFiles(context, 0o640);
      const config = path.join(context.job.home, '.aws/config');
      await writeFile(config, '[profile deploy]\nregion = eu-west-3\n');
      const before = await treeOf(context.job.home);
      expect((await context.uses(PROFILE)).exitCode).toBe(1);
      expect(await treeOf(context.job.home)).toEqual(before);
      await context.finish();
      expect(await treeOf(context.job.home)).toEqual(before);
    }));

  test('every folder that was made on the way goes', () =>
    withJob({}, async (context) => {
      const { home } = context.job;
      const env = {
        AWS_CONFIG_FILE: path.join(home, 'a/b/c/config'),
        AWS_SHARED_CREDENTIALS_FILE: path.join(home, 'a/x/y/credentials'),
      };
      const before = await treeOf(home);
      expect((await context.uses(PROFILE, { env })).exitCode).toBe(0);
      expect(await treeOf(home)).toHaveProperty(['a/x/y/credentials']);
      await context.finish({ env });
      expect(await treeOf(home)).toEqual(before);
    }));

  test('but not one in which somebody else left a file', () =>
    withJob({}, async (context) => {
      const { home } = context.job;
      const env = { AWS_CONFIG_FILE: path.join(home, 'a/b/c/config') };
      await context.uses(PROFILE, { env });
      await writeFile(path.join(home, 'a/b/theirs'), 'x');
      await context.finish({ env });
      expect(Object.keys(await treeOf(home))).toEqual(['a', 'a/b', 'a/b/theirs']);
    }));
});
