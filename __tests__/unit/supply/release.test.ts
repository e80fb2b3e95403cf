import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { appendFile, cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { git, release, releaseProblems } from '../../../scripts/release.ts';
import { createReleaseFiles } from '../../../scripts/release-files.ts';
import { sbomProblems } from '../../../scripts/release-parts.ts';
import { projectFiles, setOwner } from '../../../scripts/set-owner.ts';

const REUSABLE = '.github/workflows/for-each-account.yml';
/** A repository with one commit, which each test copies. */
let template: string;
let repository: string;

beforeAll(async () => {
  template = await mkdtemp(path.join(os.tmpdir(), 'release-'));
  repository = template;
  for (const file of (await projectFiles('.')).filter(
    (name) => !/^(src|lab|bench|docs|scripts|site|__tests__)\//.test(name),
  ))
    await cp(file, path.join(repository, file));
  await setOwner(repository, 'acme-tools');
  await setVersion('0.1.0');
  await write('CHANGELOG.md', '\n## 1.2.3\n\n- All of it.\n');
  git(repository, 'init', '--quiet', '--initial-branch', 'main');
  for (const [name, value] of Object.entries({
    'user.name': 'test',
    'user.email': 'test@example.invalid',
    'commit.gpgsign': 'false',
    'core.autocrlf': 'false',
    'core.hooksPath': '.git/no-hooks',
  }))
    git(repository, 'config', name, value);
  commit('all of it');
});
afterAll(() => rm(template, { recursive: true, force: true }));

beforeEach(async () => {
  repository = await mkdtemp(path.join(os.tmpdir(), 'release-'));
  await cp(template, repository, { recursive: true });
});
afterEach(() => rm(repository, { recursive: true, force: true }));

/** The project itself has any version. */
async function setVersion(version: string): Promise<void> {
  const file = path.join(repository, 'package.json');
  await writeFile(file, JSON.stringify({ ...JSON.parse(await readFile(file, 'utf8')), version }, null, 2));
}

const write = (file: string, text: string) => appendFile(path.join(repository, file), text);
const commit = (message: string, ...options: string[]) => {
  git(repository, 'add', '--all');
  git(repository, 'commit', '--quiet', ...options, '--message', message);
};
const hash = (name: string) => git(repository, 'rev-parse', name).trim();
const problems = (tag = 'v1.2.3') => releaseProblems(repository, tag, 'acme-tools/assume-aws-roles');

describe('a release', () => {
  test('pins the action in the reusable workflow to the commit before the tag', async () => {
    await release(repository, '1.2.3');
    const uses = [
      ...git(repository, 'show', `v1.2.3:${REUSABLE}`).matchAll(/^[^#\n]*uses: (acme-tools.*)$/gm),
    ];
    const first = hash('v1.2.3^');
    expect([...new Set(uses.map(([, used]) => used))]).toEqual([
      `acme-tools/assume-aws-roles/matrix@${first} # v1.2.3`,
      `acme-tools/assume-aws-roles@${first} # v1.2.3`,
    ]);
    expect(git(repository, 'diff', '--name-only', first, 'v1.2.3')).toBe(`${REUSABLE}\n`);
    expect(JSON.parse(git(repository, 'show', `${first}:package.json`)).version).toBe('1.2.3');
    expect(git(repository, 'status', '--porcelain')).toBe('');
    expect(await problems()).toEqual([]);
  });

  test('can be followed by the next', async () => {
    await release(repository, '1.2.3');
    await write('CHANGELOG.md', '\n## 1.2.4\n');
    commit('a fix');
    await release(repository, '1.2.4');
    expect(await problems('v1.2.4')).toEqual([]);
    expect(await readFile(path.join(repository, REUSABLE), 'utf8')).toContain(`@${hash('v1.2.4^')} # v1.2.4`);
  });

  test('has files that tools of others can check', async () => {
    await release(repository, '1.2.3');
    const files = path.join(repository, 'release');
    createReleaseFiles(repository, 'v1.2.3', files);
    const sums = await readFile(path.join(files, 'SHA256SUMS'), 'utf8');
    const hash = createHash('sha256').update(await readFile(path.join(repository, 'exec/action.yml')));
    expect(sums).toContain(`${hash.digest('hex')}  exec/action.yml\n`);
    expect(sums).not.toContain('  package.json\n');
    const sbom = JSON.parse(await readFile(path.join(files, 'sbom.cdx.json'), 'utf8'));
    expect(sbom.metadata.component.version).toBe('1.2.3');
    const lock = JSON.parse(await readFile(path.join(repository, 'package-lock.json'), 'utf8'));
    expect(sbomProblems(sbom, lock)).toEqual([]);
    const listed = execFileSync('tar', ['-tzf', path.join(files, 'assume-aws-roles.tar.gz')], {
      encoding: 'utf8',
    });
    expect(listed).toMatch(/^assume-aws-roles-v1\.2\.3\/action\.yml$/m);
  });

  test('is not made of what is not ready, and nothing has changed then', async () => {
    const before = hash('HEAD');
    await setOwner(repository, '__OWNER__');
    await expect(release(repository, '1.2')).rejects.toThrow(
      /placeholder[\s\S]*"1\.2" is not a valid version[\s\S]*uncommitted[\s\S]*not have a section "## 1\.2"/,
    );
    expect(hash('HEAD')).toBe(before);
  });
});

describe('the check of a tag refuses', () => {
  test('a commit that pins nothing', async () => {
    expect(await problems()).toEqual([
      'The tag is v1.2.3, but the version in package.json is 0.1.0.',
      'HEAD does not have exactly one parent. Tag the second commit of the release.',
    ]);
    await release(repository, '1.2.3');
    git(repository, 'checkout', '--quiet', 'v1.2.3^');
    expect(await problems()).toContain(
      `${REUSABLE} differs from its parent by more than the pin to ${hash('HEAD^')}.`,
    );
  });

  test('an action that is another than the pinned one', async () => {
    await release(repository, '1.2.3');
    await write('action.yml', '# more\n');
    commit('more', '--amend');
    expect(await problems()).toEqual([
      'The second commit changes more than reusable workflows: M\taction.yml',
    ]);
  });

  test('a workflow with more than the pin', async () => {
    await release(repository, '1.2.3');
    await write(REUSABLE, '      - run: true\n');
    commit('more', '--amend');
    expect(await problems()).toEqual([
      `${REUSABLE} differs from its parent by more than the pin to ${hash('HEAD^')}.`,
    ]);
  });

  test('a merge or a squash of both commits', async () => {
    await release(repository, '1.2.3');
    git(repository, 'reset', '--quiet', '--soft', 'HEAD~2');
    commit('1.2.3 (#7)');
    expect(await problems()).not.toEqual([]);
  });

  test('a placeholder, another repository and another version', async () => {
    await release(repository, '1.2.3');
    expect(await releaseProblems(repository, 'v1.2.4', 'fork/assume-aws-roles')).toEqual([
      'package.json names acme-tools/assume-aws-roles, but this repository is fork/assume-aws-roles.',
      'The tag is v1.2.4, but the version in package.json is 1.2.3.',
    ]);
    await setOwner(repository, '__OWNER__');
    expect(await problems()).toContainEqual(expect.stringContaining('contains the placeholder __OWNER__.'));
  });
});
