import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from '@jest/globals';
import { hasExactCase, readRepositoryFile } from '../../../src/audit/files/read-file.ts';

/** A file system that ignores case and has these files. */
const onMacOs = (file: string) => {
  const names = ['.github', 'workflows', 'Deploy.yml', 'über.yml'.normalize('NFD')];
  return hasExactCase('/repository', path.normalize(file), () => names);
};

test.each([
  ['.github/workflows/Deploy.yml', true],
  ['./.github/workflows/../workflows/Deploy.yml', true],
  ['.github/workflows/deploy.yml', false],
  ['.GitHub/workflows/Deploy.yml', false],
  ['.github/workflows/über.yml', true],
  ['.github/workflows/Über.yml', false],
])('%s is the name of a file where the system ignores case: %s', (file, expected) => {
  expect(onMacOs(file)).toBe(expected);
});

test('a file of the repository is read in its exact case only, on every system', () => {
  const root = mkdtempSync(path.join(os.tmpdir(), 'read-file-'));
  try {
    mkdirSync(path.join(root, 'Actions'));
    writeFileSync(path.join(root, 'Actions/action.yml'), 'text');
    expect(readRepositoryFile(root, './Actions/action.yml')).toBe('text');
    for (const file of ['actions/action.yml', 'Actions/Action.yml', '../x', 'Actions', 'missing/x'])
      expect(readRepositoryFile(root, file)).toBeUndefined();
  } finally {
    rmSync(root, { recursive: true });
  }
});
