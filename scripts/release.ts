/**
 * A release is two commits. The first has the version and the action as it is; in the second the reusable workflows name
 * the action by the first one's hash, and the tag is on it. So whoever pins a reusable workflow by commit has pinned the
 * action inside it, too.
 *
 *     npm run release -- 1.2.3                       makes both commits and the tag, and pushes nothing
 *     npm run release -- --check v1.2.3 [OWNER/NAME]  fails where the commit at hand is not such a release
 */
import { execFileSync } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ownerOf, ownerProblems, REPOSITORY } from './set-owner.ts';

const WORKFLOWS = '.github/workflows';

/** Output of git in a folder; what a hook of git has set for another repository is left aside. */
export function git(root: string, ...args: string[]): string {
  const env = Object.entries(process.env).filter(([name]) => !/^GIT_(DIR|WORK_TREE|INDEX_FILE)$/.test(name));
  const options = { cwd: root, encoding: 'utf8', env: Object.fromEntries(env), stdio: 'pipe' } as const;
  return execFileSync('git', args, options);
}

/** A workflow whose steps name our own actions by this commit; what comments show stays. */
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

/** Makes the two commits and the tag. Throws, before it has changed anything, where the repository is not ready. */
export async function release(root: string, version: string): Promise<void> {
  const tag = `v${version}`;
  const changes = await readFile(path.join(root, 'CHANGELOG.md'), 'utf8');
  const problems = await ownerProblems(root);
  if (!/^\d+\.\d+\.\d+$/.test(version)) problems.push(`"${version}" is not a version such as 1.2.3.`);
  if (git(root, 'status', '--porcelain') !== '') problems.push('There are changes that are not committed.');
  if (!changes.split('\n').includes(`## ${version}`)) {
    problems.push(`CHANGELOG.md has no section "## ${version}".`);
  }
  if (git(root, 'tag', '--list', tag) !== '') problems.push(`There is a tag ${tag} already.`);
  if (problems.length > 0) throw new Error(problems.join('\n'));

  await setVersion(root, version);
  git(root, 'commit', '--all', '--allow-empty', '--message', version);
  const commit = git(root, 'rev-parse', 'HEAD').trim();
  const action = `${await ownerOf(root)}/${REPOSITORY}`;
  for (const name of await readdir(path.join(root, WORKFLOWS))) {
    const file = path.join(root, WORKFLOWS, name);
    await writeFile(file, pinned(await readFile(file, 'utf8'), action, commit, tag));
  }
  git(
    root,
    'commit',
    '--all',
    '--message',
    `${version}: the reusable workflows name the action by its commit`,
  );
  git(root, 'tag', '--no-sign', tag);
}

/** Why the commit at hand is not the release of a tag, as sentences; none if it is. */
export async function releaseProblems(root: string, tag: string, repository?: string): Promise<string[]> {
  const problems = await ownerProblems(root, repository);
  const { version } = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8'));
  if (tag !== `v${version}`) problems.push(`The tag is ${tag}, and package.json has ${version}.`);
  const [first, ...others] = git(root, 'log', '-1', '--format=%P').trim().split(' ');
  if (first === undefined || first === '' || others.length > 0) {
    return [...problems, 'The commit has not one parent. Tag the second of the two commits itself.'];
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
      problems.push(`${file} is not that of the parent with our own actions at ${first}.`);
    }
  }
  const changed = git(root, 'diff', '--no-renames', '--name-status', first, 'HEAD')
    .split('\n')
    .filter(Boolean);
  const strange = changed.filter((line) => !workflows.some((file) => line === `M\t${file}`));
  return [...problems, ...strange.map((line) => `The second commit changes more than workflows: ${line}`)];
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
      console.log(`Both commits and the tag are made. Push them as they are:

    git push --atomic origin main v${first}`);
    } catch (error) {
      console.error((error as Error).message);
      process.exitCode = 1;
    }
  }
}
