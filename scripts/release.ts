/**
 * A release is two commits. The first sets the version. The second pins the action in the reusable workflows to the first
 * commit, and has the tag. So a user who pins a reusable workflow to a commit also pins the action inside it.
 *
 *     npm run release -- 1.2.3                        creates both commits and the tag; does not push
 *     npm run release -- --check v1.2.3 [OWNER/NAME]  fails if HEAD is not the release for this tag
 */
import { execFileSync } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ownerOf, ownerProblems, REPOSITORY } from './set-owner.ts';

const WORKFLOWS = '.github/workflows';

/** The output of git in a folder. Ignores variables that a git hook sets for another repository. */
export function git(root: string, ...args: string[]): string {
  const env = Object.entries(process.env).filter(([name]) => !/^GIT_(DIR|WORK_TREE|INDEX_FILE)$/.test(name));
  const options = { cwd: root, encoding: 'utf8', env: Object.fromEntries(env), stdio: 'pipe' } as const;
  return execFileSync('git', args, options);
}

/** The workflow with its steps of this action pinned to the commit. Comments stay as they are. */
export function pinned(workflow: string, action: string, commit: string, tag: string): string {
  const step = new RegExp(String.raw`^(\s*(?:- )?uses: ${action}(?:/[\w/-]+)?)@\S+(?: #.*)?$`, 'gm');
  return workflow.replace(step, `$1@${commit} # ${tag}`);
}

async function setVersion(root: string, version: string): Promise<void> {
  for (const name of ['package.json', 'package-lock.json']) {
    const file = path.join(root, name);
    const value = JSON.parse(await readFile(file, 'utf8'));
    value.version = version;
    if (value.packages !== undefined) value.packages[''].version = version;
    await writeFile(file, `${JSON.stringify(value, null, 2)}\n`);
  }
}

/**
 * Creates the two commits and the tag.
 *
 * @throws Error with all problems, before any change, if the repository is not ready
 */
export async function release(root: string, version: string): Promise<void> {
  const tag = `v${version}`;
  const changes = await readFile(path.join(root, 'CHANGELOG.md'), 'utf8');
  const problems = await ownerProblems(root);
  if (!/^\d+\.\d+\.\d+$/.test(version))
    problems.push(`"${version}" is not a valid version. Expected the form 1.2.3.`);
  if (git(root, 'status', '--porcelain') !== '') problems.push('The repository has uncommitted changes.');
  if (!changes.split('\n').includes(`## ${version}`)) {
    problems.push(`CHANGELOG.md does not have a section "## ${version}".`);
  }
  if (git(root, 'tag', '--list', tag) !== '') problems.push(`The tag ${tag} already exists.`);
  if (problems.length > 0) throw new Error(problems.join('\n'));

  await setVersion(root, version);
  git(root, 'commit', '--all', '--allow-empty', '--message', version);
  const commit = git(root, 'rev-parse', 'HEAD').trim();
  const action = `${await ownerOf(root)}/${REPOSITORY}`;
  for (const name of await readdir(path.join(root, WORKFLOWS))) {
    const file = path.join(root, WORKFLOWS, name);
    await writeFile(file, pinned(await readFile(file, 'utf8'), action, commit, tag));
  }
  git(root, 'commit', '--all', '--message', `${version}: pin the action in the reusable workflows`);
  git(root, 'tag', '--no-sign', tag);
}

/** The reasons why HEAD is not the release for a tag, as sentences; empty if it is. */
export async function releaseProblems(root: string, tag: string, repository?: string): Promise<string[]> {
  const problems = await ownerProblems(root, repository);
  const { version } = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8'));
  if (tag !== `v${version}`)
    problems.push(`The tag is ${tag}, but the version in package.json is ${version}.`);
  const [first, ...others] = git(root, 'log', '-1', '--format=%P').trim().split(' ');
  if (first === undefined || first === '' || others.length > 0) {
    return [...problems, 'HEAD does not have exactly one parent. Tag the second commit of the release.'];
  }
  const action = `${await ownerOf(root)}/${REPOSITORY}`;
  const names = (commit: string, ...where: string[]) =>
    git(root, 'ls-tree', '-r', '-z', '--name-only', commit, ...where)
      .split('\0')
      .filter(Boolean);
  const text = (commit: string, file: string) => git(root, 'show', `${commit}:${file}`);
  const workflows = names(first, `${WORKFLOWS}/`);
  for (const file of workflows.filter((name) => names('HEAD', `${WORKFLOWS}/`).includes(name))) {
    if (text('HEAD', file) !== pinned(text(first, file), action, first, `v${version}`)) {
      problems.push(`${file} differs from its parent by more than the pin to ${first}.`);
    }
  }
  const changed = git(root, 'diff', '--no-renames', '--name-status', first, 'HEAD')
    .split('\n')
    .filter(Boolean);
  const strange = changed.filter((line) => !workflows.some((file) => line === `M\t${file}`));
  return [
    ...problems,
    ...strange.map((line) => `The second commit changes more than reusable workflows: ${line}`),
  ];
}

if (import.meta.main) {
  const root = path.resolve(import.meta.dirname, '..');
  const [first = '', tag = '', repository] = process.argv.slice(2);
  if (first === '--check') {
    const problems = await releaseProblems(root, tag, repository);
    for (const problem of problems) console.error(problem);
    process.exitCode = problems.length === 0 ? 0 : 1;
  } else {
    try {
      await release(root, first);
      console.log(`Created both commits and the tag. Push them unchanged:

    git push --atomic origin main v${first}`);
    } catch (error) {
      console.error((error as Error).message);
      process.exitCode = 1;
    }
  }
}
