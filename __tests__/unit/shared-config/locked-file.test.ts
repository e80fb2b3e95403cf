import { spawn } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { ACTION_NODE } from '../../../lab/job.ts';
import { systemClock } from '../../../src/platform/clock.ts';
import { existingSections } from '../../../src/shared-config/edit.ts';
import { changeFile } from '../../../src/shared-config/locked-file.ts';
import { times } from '../../support/soak.ts';

const WRITER = path.join(import.meta.dirname, 'writer.ts');

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'shared-config-'));
  file = path.join(folder, 'aws/config');
});
afterEach(() => rm(folder, { recursive: true }));

const append = (text: string) => ({
  path: file,
  change: (old: string) => old + text,
  secretBlock: 'x',
});

function start(name: string) {
  const child = spawn(ACTION_NODE, [WRITER, file, name], { stdio: 'ignore' });
  return { child, ended: new Promise<number | null>((resolve) => child.on('close', resolve)) };
}

describe('many processes', () => {
  test('concurrent writers lose no section', async () => {
    const names = Array.from({ length: times(12, 50) }, (_, index) => `p${index}`);
    const codes = await Promise.all(names.map((name) => start(name).ended));
    expect(codes).toEqual(names.map(() => 0));
    const headers = names.map((name) => `profile ${name}`);
    expect(existingSections(await readFile(file, 'utf8'), headers)).toEqual(headers);
    expect(await readdir(path.dirname(file))).toEqual(['config']);
  }, 120_000);

  test('kills leave a complete file, and the next writer works', async () => {
    await changeFile(append('[profile first]\nregion = x\n'), systemClock);
    for (let batch = 0; batch < times(4, 50); batch++) {
      const writers = Array.from({ length: 4 }, (_, index) => start(`k${batch}x${index}`));
      await Promise.all(
        writers.map(async ({ child, ended }) => {
          // A writer runs for about a tenth of a second, so the kills happen at any moment of its work.
          setTimeout(() => child.kill('SIGKILL'), 30 + Math.random() * 130);
          await ended;
        }),
      );
      const text = await readFile(file, 'utf8');
      expect(text.startsWith('[profile first]\nregion = x\n')).toBe(true);
      const begins = text.match(/^# >>> .*$/gm)?.length ?? 0;
      expect(text.match(/^# <<< .*$/gm)?.length ?? 0).toBe(begins);
      expect(text.endsWith('\n')).toBe(true);
    }
    expect(await start('last').ended).toBe(0);
    expect(existingSections(await readFile(file, 'utf8'), ['profile last'])).toEqual(['profile last']);
  }, 180_000);
});

describe('locks', () => {
  test('of a dead process are taken over', async () => {
    await mkdir(path.dirname(file));
    await writeFile(`${file}.assume-aws-roles.lock`, `${os.hostname()} 4194303 abc`);
    await changeFile(append('x\n'), systemClock);
    expect(await readFile(file, 'utf8')).toBe('x\n');
  });

  test('of a running process are waited for, up to an error', async () => {
    await mkdir(path.dirname(file));
    await writeFile(`${file}.assume-aws-roles.lock`, `${os.hostname()} ${process.pid} abc`);
    let now = Date.now();
    const sleep = async () => {
      now += 1000;
    };
    const clock = { now: () => now, sleep };
    await expect(changeFile(append('x\n'), clock)).rejects.toMatchObject({ code: 'PROFILE_FILE_FAILED' });
    await expect(stat(file)).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

describe('files', () => {
  test('are created for their owner only, and keep their mode', async () => {
    await changeFile(append('x\n'), systemClock);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await stat(path.dirname(file))).mode & 0o777).toBe(0o700);
    await chmod(file, 0o640);
    await changeFile({ ...append('y\n'), secretBlock: undefined }, systemClock);
    expect((await stat(file)).mode & 0o777).toBe(0o640);
  });

  test('with secrets lose the permissions of other users', async () => {
    await mkdir(path.dirname(file));
    await writeFile(file, '', { mode: 0o644 });
    await changeFile(append('x\n'), systemClock);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  test('that are links, or in a folder that is a link, are refused', async () => {
    await mkdir(path.dirname(file));
    await symlink('/etc/hostname', file);
    await expect(changeFile(append('x'), systemClock)).rejects.toMatchObject({
      code: 'PROFILE_FILE_REFUSED',
    });
    await symlink(path.join(folder, 'aws'), path.join(folder, 'linked'));
    const linked = { ...append('x'), path: path.join(folder, 'linked/credentials') };
    await expect(changeFile(linked, systemClock)).rejects.toMatchObject({ code: 'PROFILE_FILE_REFUSED' });
  });

  test('that become empty are removed if this action created them', async () => {
    await changeFile(append('x'), systemClock);
    await changeFile({ path: file, change: () => '', removeIfEmpty: true }, systemClock);
    expect(await readdir(path.dirname(file))).toEqual([]);
  });
});
