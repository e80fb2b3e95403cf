import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import {
  appendToOwnFile,
  hasOwnFolder,
  hasStepFolder,
  makeOwnFolder,
  newStepFolder,
  ownFolder,
  readOwnFile,
  requireOwnFolder,
  truncateOwnFile,
} from '../../../src/platform/files/own-folder.ts';
import { isInside, readRegularFile, readWorkspaceFile } from '../../../src/platform/files/regular-file.ts';
import { replaceFile } from '../../../src/platform/files/replace-file.ts';

const onPosix = process.platform === 'win32' ? test.skip : test;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'files-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const place = (name: string) => path.join(folder, name);

describe('a file is text, or says why it cannot be read', () => {
  test.each([
    ['up to the maximum', 'x'.repeat(10), { text: 'x'.repeat(10) }],
    ['above the maximum', 'x'.repeat(11), { unreadable: 'a file larger than 10 bytes' }],
    ['empty', '', { text: '' }],
  ])('%s', async (_name, text, expected) => {
    writeFileSync(place('file'), text);
    expect(await readRegularFile(place('file'), 10)).toEqual(expected);
  });

  test('missing, or a folder', async () => {
    expect(await readRegularFile(place('missing'), 10)).toEqual({ unreadable: 'no such file' });
    expect(await readRegularFile(folder, 10)).toEqual({ unreadable: 'not a regular file' });
  });

  onPosix('a FIFO or a link', async () => {
    execFileSync('mkfifo', [place('fifo')]);
    expect(await readRegularFile(place('fifo'), 10)).toEqual({ unreadable: 'not a regular file' });
    writeFileSync(place('file'), 'x');
    symlinkSync('file', place('link'));
    expect(await readRegularFile(place('link'), 10)).toEqual({
      unreadable: 'a file that cannot be read (ELOOP)',
    });
  });

  onPosix('of the workspace: also through a link that stays in it', async () => {
    mkdirSync(place('work'));
    writeFileSync(place('work/file'), 'x');
    writeFileSync(place('outside'), 'x');
    symlinkSync('file', place('work/link'));
    symlinkSync('../outside', place('work/out'));
    const read = (file: string) => readWorkspaceFile(place('work'), file);
    expect(await read('link')).toEqual({ text: 'x' });
    expect(await read(place('work/file'))).toEqual({ text: 'x' });
    for (const file of ['out', '../outside', place('outside')])
      expect(await read(file)).toEqual({ unreadable: 'a path that leads out of the workspace' });
    expect(await read('missing')).toEqual({ unreadable: 'no such file' });
  });
});

test.each([
  ['/a', '/a/b', true],
  ['/a', '/a/..b', true],
  ['/a', '/a', false],
  ['/a', '/b', false],
])('%s contains %s: %s', (parent, file, expected) => {
  expect(isInside(path.resolve(parent), path.resolve(file))).toBe(expected);
});

describe('the own folder', () => {
  const env = () => ({ RUNNER_TEMP: folder });
  const own = () => path.join(folder, 'assume-aws-roles');

  test('is in RUNNER_TEMP', () => {
    expect(ownFolder(env())).toBe(own());
    expect(requireOwnFolder(env())).toBe(own());
    expect(ownFolder({})).toBeUndefined();
    expect(() => requireOwnFolder({})).toThrow('[RUNNER_FILE_MISSING]');
  });

  onPosix('is for this user only, with everything in it', () => {
    const inner = path.join(own(), 'refresh-0123456789ab');
    expect(hasOwnFolder(inner, env())).toBe(false);
    makeOwnFolder(inner, env());
    makeOwnFolder(inner, env());
    expect(hasOwnFolder(inner, env())).toBe(true);
    const file = path.join(inner, 'file');
    expect(readOwnFile(file)).toBeUndefined();
    truncateOwnFile(file, 0);
    appendToOwnFile(file, 'ab');
    appendToOwnFile(file, 'c');
    expect(readOwnFile(file)).toBe('abc');
    truncateOwnFile(file, 1);
    expect(readOwnFile(file)).toBe('a');
    for (const made of [own(), inner]) expect(statSync(made).mode & 0o777).toBe(0o700);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    chmodSync(file, 0o644);
    expect(() => readOwnFile(file)).toThrow(/a file that other users can access \(mode 644\)/);
  });

  test.each(['', 'assume-aws-roles/../x', 'other'])('is not %j', (name) => {
    expect(() => makeOwnFolder(path.join(folder, name), env())).toThrow('[FOLDER_REFUSED]');
  });

  test('has a folder for each step, found by its name only', () => {
    const named = newStepFolder(own(), 'exec');
    expect(path.basename(named)).toMatch(/^exec-[0-9a-f]{12}$/);
    expect(hasStepFolder(named, 'exec', env())).toBe(false);
    makeOwnFolder(named, env());
    expect(hasStepFolder(named, 'exec', env())).toBe(true);
    for (const other of [own(), folder, path.join(own(), 'exec-0123')])
      expect(() => hasStepFolder(other, 'exec', env())).toThrow('[FOLDER_REFUSED]');
    expect(() => hasStepFolder(named, 'refresh', env())).toThrow('[FOLDER_REFUSED]');
  });
});

describe('a replaced file', () => {
  test('is another file, so that a reader never finds half of it', async () => {
    writeFileSync(place('file'), 'old', { mode: 0o644 });
    linkSync(place('file'), place('reader'));
    await replaceFile(place('file'), 'new', 0o600);
    expect(readFileSync(place('file'), 'utf8')).toBe('new');
    expect(readFileSync(place('reader'), 'utf8')).toBe('old');
    if (process.platform !== 'win32') expect(statSync(place('file')).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder).toSorted()).toEqual(['file', 'reader']);
  });

  test('that cannot be replaced leaves no unfinished file', async () => {
    mkdirSync(place('file'));
    writeFileSync(place('file/inside'), 'x');
    await expect(replaceFile(place('file'), 'new', 0o600)).rejects.toThrow();
    expect(readdirSync(folder)).toEqual(['file']);
  });
});
