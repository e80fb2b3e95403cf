import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { rememberCommandFiles } from '../../../src/delivery/command-files.ts';

let folder: string;
let env: Record<string, string>;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'command-files-'));
  env = Object.fromEntries(
    ['GITHUB_ENV', 'GITHUB_OUTPUT', 'GITHUB_STATE'].map((name) => [name, path.join(folder, name)]),
  );
  for (const file of Object.values(env)) writeFileSync(file, 'before=1\n');
});
afterEach(() => rmSync(folder, { recursive: true }));

test('what was written since is taken back, what was there before stays', () => {
  const takeBack = rememberCommandFiles(env);
  for (const file of Object.values(env)) appendFileSync(file, 'SECRET<<x\ny\nx\n');
  takeBack(false);
  for (const file of Object.values(env)) expect(readFileSync(file, 'utf8')).toBe('before=1\n');
});

test.each(['GITHUB_ENV', 'GITHUB_OUTPUT', 'GITHUB_STATE'])(
  'without %s nothing may be written at all',
  (name) => {
    expect(() => rememberCommandFiles({ ...env, [name]: path.join(folder, 'missing') })).toThrow(
      'RUNNER_FILE_MISSING',
    );
    expect(() => rememberCommandFiles({ ...env, [name]: undefined })).toThrow(`${name} is not set`);
  },
);
