/**
 * The built programs on what they find on macOS and can be shown elsewhere: folders below a link, no `/proc`, other error
 * codes. `npm run macos` runs other tests in the same way, on a file system that ignores case. CI runs all tests on macOS.
 */
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from '@jest/globals';
import { isAlive } from '../../src/platform/processes.ts';
import { errorOf, HUB, MINIMAL, SPOKE } from '../support/harness.ts';
import { withMacJob } from '../support/macos.ts';
import { askEndpoint, askProcess, brokerOf } from '../support/refresh.ts';

const CHAIN = { ...MINIMAL, 'role-to-assume': HUB, 'role-chain': SPOKE };
const posix = process.platform === 'win32' ? test.skip : test;

posix('a broker, which a second step joins, and its end', () =>
  withMacJob({}, async (context) => {
    const { job, uses, finish } = context;
    expect(await uses({ ...CHAIN, 'aws-profile': 'deploy', refresh: 'broker' })).toMatchObject({
      exitCode: 0,
      stderr: '',
    });
    // The start time of ps, in the language and time zone that every program can read.
    const broker = await brokerOf(context);
    expect(broker).toMatchObject({ startedAt: expect.stringMatching(/^\w{3} +\w{3} +\d+ [\d:]{8} \d{4}$/) });
    await uses({ ...MINIMAL, refresh: 'broker' });
    const { pathname } = new URL(job.environment.AWS_CONTAINER_CREDENTIALS_FULL_URI ?? '');
    expect(pathname.split('/')).toHaveLength(3);
    expect((await askEndpoint(context)).body.AccountId).toBe('111111111111');
    expect(await askProcess(context)).toMatchObject({ code: 0, stderr: '' });
    const posts = await finish();
    expect(posts.map(({ exitCode, stderr }) => [exitCode, stderr])).toEqual([
      [0, ''],
      [0, ''],
    ]);
    expect(isAlive(broker.pid)).toBe(false);
    expect((await readdir(job.temp)).filter((name) => !name.startsWith('step-'))).toEqual([]);
    expect(await readdir(job.home)).toEqual([]);
  }),
);

posix('a broker that does not answer is killed, as its start time tells that it is the same process', () =>
  withMacJob({}, async (context) => {
    await context.uses({ ...CHAIN, refresh: 'broker' });
    const { pid } = await brokerOf(context);
    process.kill(pid, 'SIGSTOP');
    const [post] = await context.finish();
    expect(post).toMatchObject({ exitCode: 0, stderr: '' });
    expect(isAlive(pid)).toBe(false);
  }),
);

posix('the lock of a process that has ended is taken over at once', () =>
  withMacJob({}, async ({ job, uses, finish }) => {
    const config = path.join(job.home, '.aws/config');
    await mkdir(path.dirname(config));
    await writeFile(`${config}.assume-aws-roles.lock`, `${os.hostname()} 4194305 nonce`);
    expect((await uses({ ...MINIMAL, 'aws-profile': 'deploy' })).exitCode).toBe(0);
    expect(await readFile(config, 'utf8')).toContain('[profile deploy]');
    await finish();
    expect(await readdir(path.dirname(config))).toEqual([]);
  }),
);

posix('a socket in place of the ledger is refused as what it is', () =>
  withMacJob({}, async ({ job, uses }) => {
    const folder = path.join(job.temp, 'assume-aws-roles');
    await mkdir(folder, { mode: 0o700 });
    // Its path has to be shorter than the 104 bytes of macOS: the server listens at a link to the folder.
    const short = path.join(job.temp, '..', 's');
    await symlink(folder, short);
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(path.join(short, 'delivered.jsonl'), resolve));
    const step = await uses(MINIMAL);
    server.close();
    expect(errorOf(step)).toMatch(/\[FOLDER_REFUSED\][\s\S]*not a regular file/);
  }),
);

posix('exec: the shell, its script, and its end', () =>
  withMacJob({}, async ({ job, uses }) => {
    const run = 'echo "shell: $0 $AWS_ACCESS_KEY_ID" | cut -c 1-200; exit 7';
    const step = await uses({ ...MINIMAL, run, refresh: 'process' }, { action: 'exec' });
    expect(step.exitCode).toBe(7);
    expect(step.log).toMatch(/shell: .*\/var\/.*bash\.sh/);
    expect(existsSync(path.join(job.temp, 'assume-aws-roles'))).toBe(false);
  }),
);
