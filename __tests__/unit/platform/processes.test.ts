import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { ACTION_NODE } from '../../../lab/job.ts';
import { isAlive, isRunning, kill, processIdentity } from '../../../src/platform/processes.ts';

const onPosix = process.platform === 'win32' ? test.skip : test;
const onLinux = process.platform === 'linux' ? test : test.skip;
/** No process has this ID: it is above the maximum of Linux. */
const NONE = 4_194_305;

const { platform } = process;
const { TZ } = process.env;
let children: ChildProcess[];
beforeEach(() => {
  children = [];
});
afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
  Object.defineProperty(process, 'platform', { value: platform });
  if (TZ === undefined) delete process.env.TZ;
  else process.env.TZ = TZ;
});

/** A program that has written its first line. */
async function started(program: string, args: readonly string[]) {
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'ignore'] });
  children.push(child);
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const ended = once(child, 'close').then(([, signal]) => signal as unknown);
  const echo = async (text: string) => {
    child.stdin.write(text);
    return String((await once(child.stdout, 'data'))[0]);
  };
  return { pid: child.pid ?? 0, line: String(line), ended, echo };
}

const cat = () => started('sh', ['-c', 'echo ready; exec cat']);

onPosix('a process is running until it is killed', async () => {
  const { pid, ended } = await cat();
  const identity = processIdentity(pid);
  expect(identity).toEqual({ pid, startedAt: expect.any(String) });
  expect([isAlive(pid), isRunning(identity)]).toEqual([true, true]);
  kill(identity);
  // A signal that it cannot ignore.
  expect(await ended).toBe('SIGKILL');
  expect([isAlive(pid), isRunning(identity)]).toEqual([false, false]);
  expect(() => kill(identity)).not.toThrow();
});

onPosix('a process with another start time, or an unknown one, is not killed', async () => {
  const { pid, echo } = await cat();
  for (const startedAt of ['another time', undefined]) {
    kill({ pid, startedAt });
    expect(await echo('alive')).toBe('alive');
  }
  expect(isRunning({ pid, startedAt: 'another time' })).toBe(false);
  expect(isRunning({ pid, startedAt: undefined })).toBe(true);
});

test('there is no process with an ID that nobody has', () => {
  expect(isAlive(NONE)).toBe(false);
  expect(processIdentity(NONE)).toEqual({ pid: NONE, startedAt: undefined });
});

describe('on Linux', () => {
  onLinux('a process that its parent has not collected is not alive', async () => {
    const { line } = await started('sh', ['-c', 'sleep 0.1 & echo $!; exec cat']);
    for (let look = 0; look < 200 && isAlive(Number(line)); look++)
      await new Promise((resolve) => setTimeout(resolve, 5));
    expect(isAlive(Number(line))).toBe(false);
    expect(() => process.kill(Number(line), 0)).not.toThrow();
  });

  onLinux('the name of a process can be any text', async () => {
    const program = `
      process.stdin.on('data', () => {
        process.title = 'a) Z b) R';
        console.log('named');
      });
      console.log('ready');`;
    const { pid, echo } = await started(process.execPath, ['-e', program]);
    const before = processIdentity(pid);
    await echo('x');
    expect(readFileSync(`/proc/${pid}/stat`, 'utf8')).toContain('(a) Z b) R)');
    expect(isAlive(pid)).toBe(true);
    expect(processIdentity(pid)).toEqual(before);
    const [own, other] = [process.pid, pid].map((one) => Number(processIdentity(one).startedAt));
    expect(other).toBeGreaterThan(own ?? Number.NaN);
  });

  onLinux('a process counts as alive where a container hides /proc', async () => {
    const program = `
      const fs = process.getBuiltinModule('node:fs');
      const read = fs.readFileSync;
      fs.readFileSync = (file, ...rest) => {
        if (!String(file).startsWith('/proc/')) return read(file, ...rest);
        throw Object.assign(new Error('hidden'), { code: 'ENOENT' });
      };
      process.getBuiltinModule('node:module').syncBuiltinESMExports();
      const { isAlive, processIdentity } = await import('./src/platform/processes.ts');
      console.log(isAlive(process.pid), isAlive(${NONE}), processIdentity(process.pid).startedAt);`;
    expect((await started(ACTION_NODE, ['--input-type=module', '-e', program])).line).toBe(
      'true false undefined\n',
    );
  });
});

describe('on other systems', () => {
  const pretend = (value: string) => Object.defineProperty(process, 'platform', { value });

  onPosix('the start time is that of ps, whatever time zone and language this process has', async () => {
    const { pid } = await cat();
    pretend('darwin');
    process.env.TZ = 'Asia/Tokyo';
    const env = { ...process.env, LC_ALL: 'C', TZ: 'UTC' };
    const time = execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8', env });
    expect(processIdentity(pid)).toEqual({ pid, startedAt: time.trim() });
    expect([isAlive(pid), isAlive(NONE)]).toEqual([true, false]);
    expect(processIdentity(NONE).startedAt).toBeUndefined();
  });

  test('Windows has no start time', () => {
    pretend('win32');
    expect(processIdentity(process.pid)).toEqual({ pid: process.pid, startedAt: undefined });
    expect([isAlive(process.pid), isAlive(NONE)]).toEqual([true, false]);
  });
});
