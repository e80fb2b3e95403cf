import {
  chmod,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { systemClock } from '../../../src/platform/clock.ts';
import { ActionError } from '../../../src/platform/errors.ts';
import { changeFile, isInRoot, removeLeftovers } from '../../../src/shared-config/locked-file.ts';

const onPosix = process.platform === 'win32' ? test.skip : test;

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'changed-files-'));
  file = path.join(folder, 'config');
});
afterEach(() => rm(folder, { recursive: true }));

type Change = Parameters<typeof changeFile>[0];

const change = (work: (text: string) => string, rest: Partial<Change> = {}) =>
  changeFile({ path: file, change: work, ...rest }, systemClock);

const read = () => readFile(file, 'utf8');
const modeNow = async () => (await stat(file)).mode & 0o777;

/** The error that `work` rejects with. */
async function errorOf(work: Promise<unknown>): Promise<ActionError> {
  const error = await work.catch((reason: unknown) => reason);
  if (error instanceof ActionError) return error;
  throw error ?? new Error('nothing failed');
}

describe('a change', () => {
  test('is made from the old text', async () => {
    await writeFile(file, 'größe\n');
    await change((text) => text.toUpperCase());
    expect(await read()).toBe('GRÖSSE\n');
  });

  test('that changes nothing does not touch the file', async () => {
    await writeFile(file, 'x');
    const { ino } = await stat(file);
    await change((text) => text);
    expect((await stat(file)).ino).toBe(ino);
    await change((text) => `${text}y`);
    expect(await read()).toBe('xy');
  });

  test('to no text removes the file only if it may', async () => {
    await writeFile(file, 'x');
    await change(() => '');
    expect(await read()).toBe('');
    await change(() => 'y', { removeIfEmpty: true });
    expect(await read()).toBe('y');
    await change(() => '', { removeIfEmpty: true });
    expect(await readdir(folder)).toEqual([]);
  });

  test('from no file to no text makes none', async () => {
    await change((text) => text);
    await change((text) => text, { removeIfEmpty: true });
    expect(await readdir(folder)).toEqual([]);
  });

  test('makes the folder', async () => {
    await change(() => 'x', { path: path.join(folder, 'a', 'b', 'config') });
    expect(await readFile(path.join(folder, 'a', 'b', 'config'), 'utf8')).toBe('x');
  });
});

describe('the permissions', () => {
  const block = (id: string, note = '') =>
    `# >>> assume-aws-roles ${id}${note}\n# <<< assume-aws-roles ${id}\n`;
  const NOTED = block('id', ' (permissions 640)');

  /** Makes the file with these permissions, changes it, and returns its new text and permissions. */
  async function changed(from: number, before: string, after: string, secretBlock?: string) {
    await writeFile(file, before);
    await chmod(file, from);
    await change(() => after, { secretBlock });
    return [await modeNow(), await read()];
  }

  test.each<[string, { from: number; to: number; before?: string; after?: string }]>([
    ['stay', { from: 0o664, to: 0o664 }],
    ['stay, also with a block', { from: 0o600, to: 0o600, after: block('id') }],
    ['are restored with the last block', { from: 0o600, to: 0o640, before: NOTED }],
    [
      'are restored if they were narrower',
      { from: 0o400, to: 0o444, before: block('id', ' (permissions 444)') },
    ],
    ['stay narrow while a block is left', { from: 0o600, to: 0o600, before: NOTED, after: block('other') }],
    ['stay if nothing says what they were', { from: 0o600, to: 0o600, before: block('id') }],
    ['stay if somebody changed them meanwhile', { from: 0o644, to: 0o644, before: NOTED }],
    ['stay if somebody narrowed them meanwhile', { from: 0o400, to: 0o400, before: NOTED }],
  ])('%s', async (_title, { from, to, before = 'before', after = 'x' }) => {
    expect(await changed(from, before, after)).toEqual([to, after]);
  });

  onPosix('are the owner’s for a secret, and noted at its block', async () => {
    expect(await changed(0o664, 'x', block('id'), 'id')).toEqual([0o600, block('id', ' (permissions 664)')]);
    expect(await changed(0o444, 'x', block('id'), 'id')).toEqual([0o400, block('id', ' (permissions 444)')]);
  });

  test('are not noted when there is nothing to restore', async () => {
    expect(await changed(0o600, 'x', block('id'), 'id')).toEqual([0o600, block('id')]);
    expect(await changed(0o400, 'x', block('id'), 'id')).toEqual([0o400, block('id')]);
  });

  test('of a new file are the owner’s', async () => {
    await change(() => block('id'), { secretBlock: 'id' });
    expect([await modeNow(), await read()]).toEqual([0o600, block('id')]);
  });
});

describe('failures', () => {
  const FAILED = {
    expected: 'a folder and a file that this user can write',
    remedy:
      'Check the owner and permissions. If no job runs, remove files that end in .assume-aws-roles.lock.',
  };
  const REFUSED = {
    expected: 'a regular file, or no file, in a folder that is not a symbolic link',
    remedy: 'Set AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE to other files, or remove the link.',
  };

  test('of the operating system have its code', async () => {
    await writeFile(path.join(folder, 'taken'), '');
    const wanted = path.join(folder, 'taken', 'config');
    const { code, details } = await errorOf(change(() => 'x', { path: wanted }));
    expect(code).toBe('PROFILE_FILE_FAILED');
    expect(details).toEqual({
      ...FAILED,
      problem: `The file ${wanted} could not be changed for the profile.`,
      found: 'EEXIST',
      cause: expect.objectContaining({ code: 'EEXIST' }),
    });
  });

  test('of another kind are not known', async () => {
    const cause = new Error('no code');
    const failing = () => {
      throw cause;
    };
    const { code, details } = await errorOf(change(failing));
    expect(code).toBe('PROFILE_FILE_FAILED');
    expect(details).toMatchObject({ found: 'an unknown error', cause });
  });

  test('of the change itself stay as they are, and end the lock', async () => {
    const causes = [new TypeError('wrong'), new ActionError('PROFILE_EXISTS', { problem: '', remedy: '' })];
    for (const cause of causes) {
      const failing = () => {
        throw cause;
      };
      await expect(change(failing)).rejects.toBe(cause);
    }
    expect(await readdir(folder)).toEqual([]);
  });

  test('to get the lock', async () => {
    await writeFile(`${file}.assume-aws-roles.lock`, `${os.hostname()} ${process.pid} abc`);
    let now = Date.now();
    const sleep = async () => {
      now += 1000;
    };
    const wanted = { path: file, change: () => 'x', secret: false };
    const { details } = await errorOf(changeFile(wanted, { now: () => now, sleep }));
    expect(details).toEqual({
      ...FAILED,
      problem: `The file ${file} could not be changed for the profile.`,
      found: 'a lock that another process held for more than 15 s',
      cause: undefined,
    });
  });

  test.each<[string, string, (place: string) => Promise<unknown>]>([
    ['a link', 'a symbolic link', (place) => symlink('/etc/hostname', place)],
    ['a folder', 'not a regular file', (place) => mkdir(place)],
  ])('because the file is %s', async (_what, found, make) => {
    await make(file);
    const { code, details } = await errorOf(change(() => 'x'));
    expect(code).toBe('PROFILE_FILE_REFUSED');
    expect(details).toEqual({
      ...REFUSED,
      problem: `The profile cannot be written: ${file} is ${found}.`,
      found,
    });
  });

  test('because the folder is a link', async () => {
    const link = path.join(folder, 'link');
    await symlink(folder, link);
    const { details } = await errorOf(change(() => 'x', { path: path.join(link, 'config') }));
    expect(details).toMatchObject({ problem: `The profile cannot be written: ${link} is a symbolic link.` });
    expect(await readdir(folder)).toEqual(['link']);
  });
});

describe('temporary files', () => {
  /** An ID that no process has: Linux has at most 4194304 of them. */
  const DEAD = 4_194_304;
  const NOW = Date.parse('2026-01-01T00:00:30Z');
  const clock = { ...systemClock, now: () => NOW };

  async function make(name: string, ageMs: number): Promise<void> {
    await writeFile(path.join(folder, name), '');
    const time = new Date(NOW - ageMs);
    await utimes(path.join(folder, name), time, time);
  }

  test.each<[string, number, number, boolean]>([
    ['of a process that is gone', DEAD, 0, false],
    ['of this process', process.pid, 0, true],
    ['of this process, half a minute old', process.pid, 30_000, true],
    ['of this process, older', process.pid, 31_000, false],
    ['of this process, from the future', process.pid, -60_000, true],
  ])('%s', async (_what, pid, ageMs, stays) => {
    const name = `.assume-aws-roles-${pid}-x`;
    await make(name, ageMs);
    await removeLeftovers(folder, clock);
    expect(await readdir(folder)).toEqual(stays ? [name] : []);
  });

  test('other files stay', async () => {
    const names = ['config', `x.assume-aws-roles-${DEAD}-x`, `${DEAD}-x`, '.assume-aws-roles'];
    for (const name of names) await make(name, 100_000);
    await removeLeftovers(folder, clock);
    expect((await readdir(folder)).sort()).toEqual(names.sort());
  });

  test('that vanish meanwhile, as a link to nothing seems to, do no harm', async () => {
    await symlink('/nothing', path.join(folder, `.assume-aws-roles-${DEAD}-x`));
    await symlink('/nothing', path.join(folder, `.assume-aws-roles-${process.pid}-x`));
    await removeLeftovers(folder, clock);
    expect(await readdir(folder)).toEqual([`.assume-aws-roles-${process.pid}-x`]);
  });

  test('of a folder that does not exist are none', async () => {
    await removeLeftovers(path.join(folder, 'absent'), clock);
    expect(await readdir(folder)).toEqual([]);
  });

  test('are removed by each change', async () => {
    await writeFile(path.join(folder, `.assume-aws-roles-${DEAD}-x`), '');
    await change(() => 'x');
    expect(await readdir(folder)).toEqual(['config']);
  });
});

/** `AWS_CONFIG_FILE: /tmp/config` has to work on macOS, where `/tmp` is a link. */
test.each([
  ['/tmp', true],
  ['/tmp/', true],
  ['/tmp/aws', false],
  ['/', true],
  ['.', false],
])('a link in place of the folder %s is one of the system: %s', (place, expected) => {
  expect(isInRoot(place)).toBe(expected);
});
