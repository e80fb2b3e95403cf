import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import {
  chmod,
  link,
  lstat,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { errorOf, HUB, MINIMAL, NO_TRACES, type TestJob, traces, withJob } from '../support/harness.ts';
import { askProcess, makeDue, refreshFolder } from '../support/refresh.ts';

/** Somebody put something where this action keeps what outlives the step. It is not used, filled or emptied. */
const REFRESH = { ...MINIMAL, refresh: 'process' };
const posix = process.platform === 'win32' ? test.skip : test;

const ours = ({ job }: TestJob) => path.join(job.temp, 'assume-aws-roles');

interface Trap {
  readonly name: string;
  set(context: TestJob): Promise<void>;
}

const TRAPS: readonly Trap[] = [
  {
    name: 'a link to another folder',
    async set(context) {
      const target = path.join(context.job.workspace, 'theirs');
      await mkdir(target, { mode: 0o700 });
      await symlink(target, ours(context));
    },
  },
  {
    name: 'a link to nowhere',
    set: (context) => symlink(path.join(context.job.workspace, 'nowhere'), ours(context)),
  },
  {
    name: 'a folder that everybody can reach',
    async set(context) {
      await mkdir(ours(context));
      await chmod(ours(context), 0o777);
    },
  },
  { name: 'a file', set: (context) => writeFile(ours(context), 'theirs') },
  {
    name: 'a folder of another user',
    async set(context) {
      await mkdir(ours(context), { mode: 0o700 });
      execFileSync('chown', ['65534', ours(context)]);
    },
  },
];

const isRoot = process.getuid?.() === 0;

describe.each(TRAPS.filter(({ name }) => isRoot || !name.includes('another user')))(
  '$name in place of the folder',
  ({ set }) => {
    posix.each([
      ['keys', MINIMAL, '.'],
      ['sessions that refresh themselves', REFRESH, '.'],
      ['a command', { ...MINIMAL, run: 'true' }, 'exec'],
    ])('%s: an error, and nothing is delivered', (_, inputs, action) =>
      withJob({}, async (context) => {
        const { job, uses, finish } = context;
        await set(context);
        const before = await snapshot(context);
        const step = await uses(inputs, { action });
        expect(errorOf(step)).toContain('[FOLDER_REFUSED]');
        expect(traces(step)).toEqual(NO_TRACES);
        await finish();
        expect(await snapshot(context)).toEqual(before);
        expect(await readdir(job.home)).toEqual([]);
      }),
    );
  },
);

/** What is in the place, and in the workspace, where links of these tests lead. */
async function snapshot(context: TestJob): Promise<unknown> {
  const place = ours(context);
  const found = await lstat(place);
  return {
    mode: found.mode,
    uid: found.uid,
    inside: found.isDirectory() ? await readdir(place) : undefined,
    workspace: await readdir(context.job.workspace, { recursive: true }),
  };
}

posix.each(['symbolic', 'hard'])('the ledger is not appended through a %s link', (kind) =>
  withJob({}, async (context) => {
    const { job, uses } = context;
    const victim = path.join(job.workspace, 'deploy.sh');
    await writeFile(victim, 'echo theirs\n', { mode: 0o600 });
    await mkdir(ours(context), { mode: 0o700 });
    const place = path.join(ours(context), 'delivered.jsonl');
    await (kind === 'hard' ? link(victim, place) : symlink(victim, place));
    const step = await uses(MINIMAL);
    expect(errorOf(step)).toContain('[FOLDER_REFUSED]');
    expect(traces(step)).toEqual(NO_TRACES);
    expect(await readFile(victim, 'utf8')).toBe('echo theirs\n');
  }),
);

posix('a FIFO in place of the ledger holds nobody up', () =>
  withJob({}, async (context) => {
    await mkdir(ours(context), { mode: 0o700 });
    execFileSync('mkfifo', ['-m', '600', path.join(ours(context), 'delivered.jsonl')]);
    expect(errorOf(await context.uses(MINIMAL))).toContain('[FOLDER_REFUSED]');
  }),
);

posix('the post step and logout remove nothing behind a link that took the place of the folder', () =>
  withJob({}, async (context) => {
    const { job, uses, finish } = context;
    await uses(REFRESH);
    const folder = await refreshFolder(context);
    const theirs = path.join(job.workspace, 'theirs');
    const moved = path.join(theirs, path.basename(folder));
    await rename(ours(context), theirs);
    await writeFile(path.join(moved, 'precious'), 'theirs');
    await symlink(theirs, ours(context));
    const out = await uses({}, { action: 'logout' });
    expect(errorOf(out)).toContain('[FOLDER_REFUSED]');
    const [, post] = await finish();
    expect(post?.log).toContain('[FOLDER_REFUSED]');
    expect(await readdir(moved)).toContain('precious');
    expect(await readdir(theirs)).toContain('delivered.jsonl');
  }),
);

posix('the list of refreshes is not appended through a link', () =>
  withJob({}, async (context) => {
    await context.uses(REFRESH);
    const victim = path.join(context.job.workspace, 'deploy.sh');
    await writeFile(victim, 'echo theirs\n', { mode: 0o600 });
    await symlink(victim, path.join(await refreshFolder(context), 'refreshes.jsonl'));
    await makeDue(context);
    expect((await askProcess(context)).code).toBe(0);
    expect(await readFile(victim, 'utf8')).toBe('echo theirs\n');
    await context.finish();
    expect((await stat(victim)).isFile()).toBe(true);
  }),
);

/** What a step that can write the state or the ledger of this action could name. */
const ELSEWHERE = ['home', 'work/refresh-0123456789ab', '_temp', '_temp/assume-aws-roles'];

async function precious(context: TestJob, place: string): Promise<string> {
  const root = path.dirname(context.job.temp);
  const folder = path.join(root, place);
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, 'precious'), 'theirs');
  return folder;
}

posix.each(ELSEWHERE)('a ledger that names %s: logout warns and does the rest', (place) =>
  withJob({}, async (context) => {
    const { uses } = context;
    await uses({ ...REFRESH, 'role-to-assume': HUB });
    const real = await refreshFolder(context);
    const folder = await precious(context, place);
    for (const named of [
      folder,
      `${real}/../../../${path.relative(path.dirname(context.job.temp), folder)}`,
    ]) {
      const entry = JSON.stringify({ variables: {}, refreshing: named });
      await writeFile(path.join(ours(context), 'delivered.jsonl'), `${entry}\n`, { flag: 'a' });
    }
    const out = await uses({}, { action: 'logout' });
    expect(out.exitCode).toBe(0);
    expect(out.commands.filter(({ command }) => command === 'warning')).toHaveLength(2);
    expect(out.log).toContain('[FOLDER_REFUSED]');
    expect(await readFile(path.join(folder, 'precious'), 'utf8')).toBe('theirs');
    await expect(stat(real)).rejects.toThrow('ENOENT');
    await rm(path.join(folder, 'precious'));
  }),
);

posix.each(ELSEWHERE)('a state that names %s: the post step warns and leaves it', (place) =>
  withJob({}, async (context) => {
    const { uses, finish } = context;
    await uses(REFRESH);
    const folder = await precious(context, place);
    for (const name of ['STATE_refreshing', 'STATE_exec-folder']) {
      const [post] = await finish({ env: { [name]: folder } });
      expect(post?.log).toContain('[FOLDER_REFUSED]');
      expect(await readFile(path.join(folder, 'precious'), 'utf8')).toBe('theirs');
      // Everything else is removed, the profiles last.
      expect(existsSync(path.join(context.job.home, '.aws'))).toBe(false);
      await uses(REFRESH);
    }
    await rm(path.join(folder, 'precious'));
    await finish();
  }),
);
