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
import type { ActionError } from '../../../src/platform/errors.ts';
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
import { replaceFile, whileInUse } from '../../../src/platform/files/replace-file.ts';

const onPosix = process.platform === 'win32' ? test.skip : test;
const onLinux = process.platform === 'linux' ? test : test.skip;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'files-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const place = (name: string) => path.join(folder, name);

/** The error that is thrown; undefined if there is none. */
function errorOf(work: () => unknown): unknown {
  try {
    work();
    return undefined;
  } catch (error) {
    return error;
  }
}
const foundIn = (work: () => unknown) => (errorOf(work) as ActionError | undefined)?.details?.found;

describe('a file is text, or says why it cannot be read', () => {
  test.each([
    ['up to the maximum', 'x'.repeat(10), { text: 'x'.repeat(10) }],
    ['above the maximum', 'x'.repeat(11), { unreadable: 'a file larger than 10 bytes' }],
    ['empty', '', { text: '' }],
  ])('%s', async (_name, text, expected) => {
    writeFileSync(place('file'), text);
    expect(await readRegularFile(place('file'), 10)).toEqual(expected);
  });

  test('above a maximum of megabytes', async () => {
    writeFileSync(place('file'), Buffer.alloc(2 * 1024 * 1024 + 1));
    expect(await readRegularFile(place('file'), 2 * 1024 * 1024)).toEqual({
      unreadable: 'a file larger than 2 MB',
    });
  });

  onLinux('and leaves no open file', async () => {
    const opened = () => readdirSync('/proc/self/fd').length;
    writeFileSync(place('file'), 'x'.repeat(11));
    const before = opened();
    for (const maxBytes of [10, 11]) await readRegularFile(place('file'), maxBytes);
    expect(opened()).toBeLessThanOrEqual(before);
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
    expect(ownFolder({ RUNNER_TEMP: '' })).toBeUndefined();
    expect(errorOf(() => requireOwnFolder({}))).toMatchObject({
      code: 'RUNNER_FILE_MISSING',
      details: { found: 'RUNNER_TEMP is not set' },
    });
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

  test.each(['', 'assume-aws-roles/../x', 'assume-aws-roles/..', 'other'])('is not %j', (name) => {
    const other = `${folder}/${name}`;
    for (const use of [makeOwnFolder, hasOwnFolder])
      expect(errorOf(() => use(other, env()))).toMatchObject({
        code: 'FOLDER_REFUSED',
        details: { found: 'a path outside the folder assume-aws-roles in RUNNER_TEMP' },
      });
    expect(readdirSync(folder)).toEqual([]);
  });

  test('is not below the working directory where RUNNER_TEMP is not set', () => {
    const below = path.resolve('assume-aws-roles');
    for (const RUNNER_TEMP of ['', undefined])
      expect(foundIn(() => makeOwnFolder(below, { RUNNER_TEMP }))).toMatch(/^a path outside the folder/);
  });

  test('is not made where something else prevents it', () => {
    writeFileSync(place('file'), '');
    const RUNNER_TEMP = place('file');
    expect(
      errorOf(() => makeOwnFolder(path.join(RUNNER_TEMP, 'assume-aws-roles'), { RUNNER_TEMP })),
    ).toMatchObject({ syscall: 'mkdir' });
  });

  onPosix.each<[string, () => void, string]>([
    ['a link', () => symlinkSync(folder, own()), 'a symbolic link'],
    ['a file', () => writeFileSync(own(), ''), 'not a folder'],
    [
      'open to others',
      () => {
        mkdirSync(own());
        chmodSync(own(), 0o750);
      },
      'a folder that other users can access (mode 750)',
    ],
  ])('is not used as %s', (_what, make, found) => {
    make();
    for (const use of [makeOwnFolder, hasOwnFolder])
      expect(errorOf(() => use(own(), env()))).toMatchObject({ code: 'FOLDER_REFUSED', details: { found } });
  });

  test('has a folder for each step, found by its name only', () => {
    const named = newStepFolder(own(), 'exec');
    expect(path.basename(named)).toMatch(/^exec-[0-9a-f]{12}$/);
    expect(hasStepFolder(named, 'exec', env())).toBe(false);
    makeOwnFolder(named, env());
    expect(hasStepFolder(named, 'exec', env())).toBe(true);
    const others: [string, 'exec' | 'refresh'][] = [
      [own(), 'exec'],
      [folder, 'exec'],
      [path.join(own(), 'exec-0123'), 'exec'],
      [`${named}0`, 'exec'],
      [path.join(own(), `x-${path.basename(named)}`), 'exec'],
      [named, 'refresh'],
    ];
    for (const [other, kind] of others)
      expect(errorOf(() => hasStepFolder(other, kind, env()))).toMatchObject({
        code: 'FOLDER_REFUSED',
        details: { found: 'a path that another step wrote into the state or the ledger of this action' },
      });
  });
});

describe('a file in the own folder', () => {
  const uses: [string, (file: string) => unknown][] = [
    ['read', readOwnFile],
    ['appended to', (file) => appendToOwnFile(file, 'x')],
    ['truncated', (file) => truncateOwnFile(file, 0)],
  ];

  describe.each(uses)('is not %s', (_name, use) => {
    onPosix.each<[string, () => void, string]>([
      ['a link', () => symlinkSync('target', place('file')), 'a symbolic link'],
      ['a folder', () => mkdirSync(place('file'), { mode: 0o700 }), 'not a regular file'],
      ['a FIFO', () => execFileSync('mkfifo', ['-m', '600', place('file')]), 'not a regular file'],
      [
        'a hard link',
        () => {
          writeFileSync(place('target'), 'secret', { mode: 0o600 });
          linkSync(place('target'), place('file'));
        },
        'a file with a second name (a hard link)',
      ],
      [
        'open to others',
        () => {
          writeFileSync(place('file'), 'secret');
          chmodSync(place('file'), 0o604);
        },
        'a file that other users can access (mode 604)',
      ],
    ])('as %s', (_what, make, found) => {
      make();
      const before = readdirSync(folder);
      expect(errorOf(() => use(place('file')))).toMatchObject({ code: 'FOLDER_REFUSED', details: { found } });
      expect(readdirSync(folder)).toEqual(before);
    });
  });

  onPosix('is not used if it belongs to another user', () => {
    writeFileSync(place('file'), 'secret', { mode: 0o600 });
    const { getuid } = process;
    try {
      process.getuid = () => 4242;
      expect(foundIn(() => readOwnFile(place('file')))).toBe(
        `a file that belongs to user ${statSync(place('file')).uid}, while this step runs as user 4242`,
      );
    } finally {
      process.getuid = getuid as () => number;
    }
  });

  test('has no owner and mode to check on Windows', () => {
    writeFileSync(place('file'), 'text', { mode: 0o644 });
    const { getuid } = process;
    try {
      Object.assign(process, { getuid: undefined });
      expect(readOwnFile(place('file'))).toBe('text');
    } finally {
      Object.assign(process, { getuid });
    }
  });

  test('that cannot be opened for another reason keeps its error', () => {
    writeFileSync(place('file'), '', { mode: 0o600 });
    for (const [, use] of uses.slice(1, 2))
      expect(() => use(path.join(place('missing'), 'file'))).toThrow(/^ENOENT/);
    if (process.platform !== 'win32')
      for (const [, use] of uses) expect(() => use(path.join(place('file'), 'file'))).toThrow(/^ENOTDIR/);
  });

  onLinux('does not stay open', () => {
    const opened = () => readdirSync('/proc/self/fd').length;
    writeFileSync(place('file'), 'x', { mode: 0o600 });
    writeFileSync(place('shared'), 'x', { mode: 0o644 });
    const before = opened();
    readOwnFile(place('file'));
    expect(() => readOwnFile(place('shared'))).toThrow('[FOLDER_REFUSED]');
    expect(opened()).toBe(before);
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

  onLinux('does not stay open', async () => {
    const opened = () => readdirSync('/proc/self/fd').length;
    const before = opened();
    await replaceFile(place('file'), 'new', 0o600);
    expect(opened()).toBeLessThanOrEqual(before);
  });

  onPosix('has its permissions whatever the mask of the process takes away', async () => {
    const mask = process.umask(0o077);
    try {
      await replaceFile(place('file'), 'new', 0o644);
      expect(statSync(place('file')).mode & 0o777).toBe(0o644);
    } finally {
      process.umask(mask);
    }
  });

  test('that cannot be written keeps the error', async () => {
    await expect(replaceFile(place('missing/file'), 'new', 0o600)).rejects.toMatchObject({
      code: 'ENOENT',
      syscall: 'open',
    });
  });
});

describe('work on a file that is in use', () => {
  /** Work that fails this many times. */
  const failing = (times: number, code?: string) => {
    const work = async () => {
      work.runs++;
      if (work.runs <= times) throw Object.assign(new Error('x'), { code });
    };
    work.runs = 0;
    return work;
  };

  test('is done again', async () => {
    const work = failing(2, 'EBUSY');
    await whileInUse(work, ['EBUSY']);
    expect(work.runs).toBe(3);
  });

  test('is done ten times at most', async () => {
    const work = failing(10, 'EBUSY');
    await expect(whileInUse(work, ['EBUSY'])).rejects.toMatchObject({ code: 'EBUSY' });
    expect(work.runs).toBe(10);
  });

  test.each(['ENOENT', undefined])('is not done again after %s', async (code) => {
    const work = failing(1, code);
    await expect(whileInUse(work, ['EBUSY'])).rejects.toMatchObject({ message: 'x' });
    expect(work.runs).toBe(1);
  });

  onPosix('is done once where files in use can be replaced', async () => {
    const work = failing(1, 'EBUSY');
    await expect(whileInUse(work)).rejects.toMatchObject({ code: 'EBUSY' });
    expect(work.runs).toBe(1);
  });
});
