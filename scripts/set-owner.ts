/**
 * Sets the account that owns the repository in every `uses:` line, page and test. Until then the files contain a
 * placeholder that cannot be an account name, so that a copied line never runs code of another account.
 *
 *     npm run set-owner -- octo-org                             writes the account everywhere
 *     npm run set-owner -- --check [octo-org/assume-aws-roles]  fails if the account is not set or is different
 */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

export const REPOSITORY = 'assume-aws-roles';

/** At most 39 letters, digits and single hyphens. No name starts with an underscore. */
const ACCOUNT = /^(?=.{1,39}$)[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*$/;

/** The placeholders: this script writes the first, people write the second. */
export const PLACEHOLDERS = ['__OWNER__', 'OWNER'] as const;

const NOT_OURS = new Set(['.git', '.cache', 'node_modules', 'dist', 'build', 'coverage']);

/** The path of every file in `root` except dependencies and build output. */
export async function projectFiles(root: string, below = ''): Promise<string[]> {
  const entries = await readdir(path.join(root, below), { withFileTypes: true });
  const files = await Promise.all(
    entries
      .filter(({ name }) => !NOT_OURS.has(name))
      .map((entry) => {
        const place = path.posix.join(below, entry.name);
        if (entry.isDirectory()) return projectFiles(root, place);
        return entry.isFile() ? [place] : [];
      }),
  );
  return files.flat().sort();
}

/** The owner in package.json. */
export async function ownerOf(root: string): Promise<string> {
  const { repository } = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8'));
  const [, owner = ''] = /^github:([^/]+)\//.exec(repository) ?? [];
  return owner;
}

/** Matches `NAME/assume-aws-roles`, also with the escaped slash of a regular expression. */
const mention = (names: readonly string[]) =>
  new RegExp(String.raw`(?<![\w-])(?:${names.join('|')})(?=(?:\.github\.io)?\\?/${REPOSITORY}(?!\w))`, 'g');

/**
 * Writes the owner into all files. Replaces a placeholder or an earlier owner.
 *
 * @returns the paths of the changed files
 * @throws Error if `owner` cannot be an account name
 */
export async function setOwner(root: string, owner: string): Promise<string[]> {
  if (!ACCOUNT.test(owner) && owner !== PLACEHOLDERS[0]) {
    throw new Error(
      `"${owner}" is not a valid GitHub account name. Expected at most 39 letters, digits and single hyphens.`,
    );
  }
  const names = mention([...PLACEHOLDERS, await ownerOf(root)]);
  const changed = await Promise.all(
    (await projectFiles(root)).map(async (file) => {
      const text = await readFile(path.join(root, file), 'utf8');
      const edited = text.replace(names, owner);
      if (edited === text) return [];
      await writeFile(path.join(root, file), edited);
      return [file];
    }),
  );
  return changed.flat();
}

/**
 * The reasons why the repository cannot be released, as sentences.
 *
 * @param repository `OWNER/NAME` of the repository that releases, if known
 */
export async function ownerProblems(root: string, repository?: string): Promise<string[]> {
  const owner = await ownerOf(root);
  const set = ACCOUNT.test(owner) && owner !== PLACEHOLDERS[1];
  const problems = set ? [] : [`The owner in package.json is a placeholder: "${owner}".`];
  if (repository !== undefined && repository !== `${owner}/${REPOSITORY}`) {
    problems.push(`package.json names ${owner}/${REPOSITORY}, but this repository is ${repository}.`);
  }
  for (const file of await projectFiles(root)) {
    const lines = (await readFile(path.join(root, file), 'utf8')).split('\n');
    lines.forEach((line, index) => {
      const [found] = mention(PLACEHOLDERS).exec(line) ?? [];
      if (found !== undefined) problems.push(`${file}:${index + 1} contains the placeholder ${found}.`);
    });
  }
  return problems;
}

if (import.meta.main) {
  const root = path.resolve(import.meta.dirname, '..');
  const [first = '', repository] = process.argv.slice(2);
  if (first === '--check') {
    const problems = await ownerProblems(root, repository);
    for (const problem of problems) console.error(problem);
    if (problems.length > 0) {
      console.error('Run "npm run set-owner -- NAME" with the name of the account. Then commit.');
      process.exitCode = 1;
    }
  } else {
    try {
      for (const file of await setOwner(root, first)) console.log(file);
    } catch (error) {
      console.error((error as Error).message);
      process.exitCode = 1;
    }
  }
}
