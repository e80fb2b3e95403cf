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

const textOf = (name: string) => readFileSync(path.join(folder, name), 'utf8');

test('what has been written since is taken back, what was there before stays', async () => {
  const undo = rememberCommandFiles(env);
  for (const file of Object.values(env)) appendFileSync(file, 'SECRET<<x\ny\nx\n');
  await undo(false);
  for (const file of Object.values(env)) expect(readFileSync(file, 'utf8')).toBe('before=1\n');
});

test('the state stays when another part could not be removed, for the post step', async () => {
  const undo = rememberCommandFiles(env);
  for (const file of Object.values(env)) appendFileSync(file, 'x=1\n');
  await undo(true);
  expect(textOf('GITHUB_ENV')).toBe('before=1\n');
  expect(textOf('GITHUB_OUTPUT')).toBe('before=1\n');
  expect(textOf('GITHUB_STATE')).toBe('before=1\nx=1\n');
});

test.each(['GITHUB_ENV', 'GITHUB_OUTPUT', 'GITHUB_STATE'])('without %s nothing can be written', (name) => {
  expect(() => rememberCommandFiles({ ...env, [name]: path.join(folder, 'missing') })).toThrow(
    'RUNNER_FILE_MISSING',
  );
  expect(() => rememberCommandFiles({ ...env, [name]: undefined })).toThrow(`${name} is not set`);
});
