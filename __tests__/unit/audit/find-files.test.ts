import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { findFiles } from '../../../src/audit/files/find-files.ts';
import { mayHavePolicies } from '../../../src/audit/policies/read-policies.ts';

let root: string;

beforeAll(() => {
  root = mkdtempSync(path.join(tmpdir(), 'audit-files-'));
  const files = [
    '.github/workflows/ci.yml',
    '.github/workflows/deploy.yaml',
    '.github/workflows/notes.md',
    'infra/111111111111/deploy.json',
    'infra/readme.md',
    'infra/node_modules/x/y.json',
    'infra/.terraform/modules.json',
    'plan.json',
    'a+b/c.json',
  ];
  for (const file of files) {
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    writeFileSync(path.join(root, file), `text of ${file}`);
  }
  writeFileSync(path.join(root, '../audit-outside.json'), '{}');
  symlinkSync('../audit-outside.json', path.join(root, 'link.json'));
  symlinkSync('plan.json', path.join(root, 'inside.json'));
});

afterAll(() => {
  rmSync(root, { recursive: true, force: true });
  rmSync(path.join(root, '../audit-outside.json'), { force: true });
});

test.each([
  [['.github/workflows/*.y*ml'], ['.github/workflows/ci.yml', '.github/workflows/deploy.yaml']],
  [['infra'], ['infra/111111111111/deploy.json']],
  [['./infra/'], ['infra/111111111111/deploy.json']],
  [['infra/**/*.json'], ['infra/111111111111/deploy.json']],
  [
    ['**/*.{json,md}', '!infra/**'],
    ['.github/workflows/notes.md', 'a+b/c.json', 'plan.json'],
  ],
  [['plan.json', 'plan.json'], ['plan.json']],
  [['a+b/?.json'], ['a+b/c.json']],
  [['[o-q]lan.json'], ['plan.json']],
  [['inside.json'], ['inside.json']],
])('%j', async (patterns, expected) => {
  const { files, gaps, missing } = await findFiles(root, patterns, mayHavePolicies);
  expect(files.map((file) => file.path)).toEqual(expected);
  expect([gaps, missing]).toEqual([[], []]);
});

test('a file that the user names is told from a file of a folder', async () => {
  const { files } = await findFiles(root, ['infra', 'plan.json'], mayHavePolicies);
  expect(files.map(({ path: file, named }) => [file, named])).toEqual([
    ['infra/111111111111/deploy.json', false],
    ['plan.json', true],
  ]);
});

test.each([
  ['nothing.json', 'no such file'],
  ['nothing/*.json', 'no such file'],
  ['link.json', 'a path that leads out of the repository'],
  ['../audit-outside.json', 'a path that leads out of the repository'],
])('%s: %s', async (pattern, what) => {
  const { files, missing } = await findFiles(root, [pattern], mayHavePolicies);
  expect(files).toEqual([]);
  expect(missing).toEqual([{ file: pattern, line: 1, what }]);
});

/** macOS can return a name with its accents apart, which the user does not see. */
test.each(['NFC', 'NFD'])(
  'a pattern matches a name in the form of Unicode that the system returns: %s',
  async (form) => {
    const folder = mkdtempSync(path.join(tmpdir(), 'audit-forms-'));
    const name = 'überprüft.json'.normalize(form);
    writeFileSync(path.join(folder, name), '{}');
    const paths = async (...patterns: string[]) =>
      (await findFiles(folder, patterns, mayHavePolicies)).files.map((file) => file.path);
    try {
      for (const written of ['NFC', 'NFD']) {
        expect(await paths('ü*ft.json'.normalize(written))).toEqual([name]);
        expect(await paths('*.json', '!ü*.json'.normalize(written))).toEqual([]);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
);
