import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import { ownerOf, ownerProblems, PLACEHOLDERS, projectFiles, setOwner } from '../../../scripts/set-owner.ts';

let copy: string;
const copies: string[] = [];
async function copyProject(): Promise<void> {
  copy = await mkdtemp(path.join(os.tmpdir(), 'owner-'));
  copies.push(copy);
  // The owner has no place in the rest.
  const files = (await projectFiles('.')).filter((name) => !/^(src|bench|__tests__\/(?!support))/.test(name));
  for (const file of files) await cp(file, path.join(copy, file));
}
afterAll(() => Promise.all(copies.map((folder) => rm(folder, { recursive: true, force: true }))));

const read = (file: string) => readFile(path.join(copy, file), 'utf8');

describe('the owner', () => {
  beforeEach(copyProject);

  test('is one everywhere', async () => {
    const owner = await ownerOf('.');
    const others = PLACEHOLDERS.filter((name) => name !== owner).map((name) => `the placeholder ${name}.`);
    const problems = await ownerProblems('.');
    expect(problems.filter((problem) => others.some((other) => problem.endsWith(other)))).toEqual([]);
  });

  test('is set in every file that names it, and setting it again changes nothing', async () => {
    // The project has an owner when it is released.
    await setOwner(copy, PLACEHOLDERS[0]);
    const changed = await setOwner(copy, 'acme-tools');
    expect(changed).toEqual(
      expect.arrayContaining([
        '.github/CODEOWNERS',
        '.github/workflows/for-each-account.yml',
        '.github/zizmor.yml',
        'README.md',
        'SECURITY.md',
        '__tests__/support/documentation.ts',
        'docs/open-questions.md',
        'docs/setup.md',
        'examples/matrix-deploy.yml',
        'package.json',
      ]),
    );
    expect(await read('.github/workflows/for-each-account.yml')).toMatch(
      /uses: acme-tools\/assume-aws-roles@/,
    );
    expect(await read('.github/CODEOWNERS')).toContain('* @acme-tools/assume-aws-roles-maintainers\n');
    expect(await ownerProblems(copy, 'acme-tools/assume-aws-roles')).toEqual([]);
    expect(await setOwner(copy, 'acme-tools')).toEqual([]);
  });

  test('can be set to another one', async () => {
    const first = await setOwner(copy, 'acme-tools');
    expect(await setOwner(copy, 'Other1')).toEqual(expect.arrayContaining(first));
    expect(await ownerProblems(copy, 'Other1/assume-aws-roles')).toEqual([]);
    await setOwner(copy, PLACEHOLDERS[0]);
    expect((await ownerProblems(copy))[0]).toBe('The owner in package.json is a placeholder: "__OWNER__".');
  });

  test('leaves names that only look alike', async () => {
    const text =
      "repo:OWNER/NAME:* MY-OWNER/assume-aws-roles OWNER/assume-aws-roles2 'temp/assume-aws-roles'\n";
    await writeFile(path.join(copy, 'NOTES.md'), text);
    await setOwner(copy, 'acme-tools');
    expect(await read('NOTES.md')).toBe(text);
  });
});

describe('what keeps a release back', () => {
  beforeEach(copyProject);

  test('a placeholder anywhere, with its line', async () => {
    await setOwner(copy, 'acme-tools');
    for (const name of PLACEHOLDERS) {
      await writeFile(path.join(copy, 'docs/new.md'), `# New\n\n- uses: ${name}/assume-aws-roles/exec@v1\n`);
      expect(await ownerProblems(copy)).toEqual([`docs/new.md:3 contains the placeholder ${name}.`]);
    }
  });

  test('another repository than the files name', async () => {
    await setOwner(copy, 'acme-tools');
    expect(await ownerProblems(copy, 'fork/assume-aws-roles')).toEqual([
      'package.json names acme-tools/assume-aws-roles, but this repository is fork/assume-aws-roles.',
    ]);
  });
});

test.each(['', 'OWNER_', '-acme', 'acme-', 'a--b', 'a'.repeat(40), 'a/b', '$&'])(
  'the owner is not %j',
  async (name) => {
    // It is refused before any file is read.
    await expect(setOwner('/nowhere', name)).rejects.toThrow('is not a valid GitHub account name');
  },
);
