import { spawn } from 'node:child_process';
import { expect, test } from '@jest/globals';
import { isAlive, isRunning, kill, processIdentity } from '../../../src/platform/processes.ts';

const onPosix = process.platform === 'win32' ? test.skip : test;

async function withChild(work: (pid: number, ended: Promise<unknown>) => Promise<void>): Promise<void> {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  try {
    await work(child.pid ?? 0, new Promise((resolve) => child.on('close', resolve)));
  } finally {
    child.kill('SIGKILL');
  }
}

onPosix('a process is running until it is killed', () =>
  withChild(async (pid, ended) => {
    const identity = processIdentity(pid);
    expect(identity.startedAt).not.toBeUndefined();
    expect(isRunning(identity)).toBe(true);
    kill(identity);
    await ended;
    expect(isAlive(pid)).toBe(false);
    expect(isRunning(identity)).toBe(false);
    kill(identity);
  }),
);

onPosix('a process with another start time, or an unknown one, is not killed', () =>
  withChild(async (pid) => {
    kill({ pid, startedAt: 'another time' });
    kill({ pid, startedAt: undefined });
    expect(isRunning({ pid, startedAt: 'another time' })).toBe(false);
    expect(isRunning({ pid, startedAt: undefined })).toBe(true);
    expect(isAlive(pid)).toBe(true);
  }),
);
