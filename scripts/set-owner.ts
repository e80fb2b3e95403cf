/**
 * The account that the repository belongs to, in every `uses:` line, page and test that names it. Until it is known the
 * files have a placeholder, which no account can have as its name, so that a copied line runs nobody's code.
 *
 *     npm run set-owner -- octo-org                             writes it everywhere; again changes nothing
 *     npm run set-owner -- --check [octo-org/assume-aws-roles]  fails where it is not set, or is another
 */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

export const REPOSITORY = 'assume-aws-roles';

/** Letters, digits and single hyphens between them, 39 at most: an underscore at the start is in no name. */
const ACCOUNT = /^(?=.{1,39}$)[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*$/;

/** What stands where the owner is not known: the first by this script, the second by hand. */
export const PLACEHOLDERS = ['__OWNER__', 'OWNER'] as const;

const NOT_OURS = new Set(['.git', '.cache', 'node_modules', 'dist', 'build', 'coverage']);

/** Every file of the project that is not built, by its path in `root`. */
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

/** The owner that package.json names, which is where it is looked up. */
export async function ownerOf(root: string): Promise<string> {
  const { repository } = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8'));
  const [, owner = ''] = /^github:([^/]+)\//.exec(repository) ?? [];
  return owner;
}

/** `NAME/assume-aws-roles`, in a regular expression of a test, too. */
const mention = (names: readonly string[]) =>
  new RegExp(String.raw`(?<![\w-])(?:${names.join('|')})(?=\\?/${REPOSITORY}(?!\w))`, 'g');

/** Writes the owner into all files and returns the paths of those that changed. An owner that is set may be replaced. */
export async function setOwner(root: string, owner: string): Promise<string[]> {
  if (!ACCOUNT.test(owner) && owner !== PLACEHOLDERS[0]) {
    throw new Error(
      `"${owner}" cannot be an account of GitHub. Expected letters, digits and single hyphens, 39 at most.`,
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

/** What keeps the repository from being released by `repository` (`OWNER/NAME`, where it is known), as sentences. */
export async function ownerProblems(root: string, repository?: string): Promise<string[]> {
  const owner = await ownerOf(root);
  const set = ACCOUNT.test(owner) && owner !== PLACEHOLDERS[1];
  const problems = set ? [] : [`package.json has the owner "${owner}", which is a placeholder.`];
  if (repository !== undefined && repository !== `${owner}/${REPOSITORY}`) {
    problems.push(`package.json names ${owner}/${REPOSITORY}, and this is ${repository}.`);
  }
  for (const file of await projectFiles(root)) {
    const lines = (await readFile(path.join(root, file), 'utf8')).split('\n');
    lines.forEach((line, index) => {
      const [found] = mention(PLACEHOLDERS).exec(line) ?? [];
      if (found !== undefined) problems.push(`${file}:${index + 1} has the placeholder ${found}.`);
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
      console.error('Run "npm run set-owner -- NAME" with the name of the account, and commit.');
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
