import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from '@jest/globals';
import { HUB, MINIMAL, SPOKE } from '../support/harness.ts';
import { pause, until } from '../support/refresh.ts';
import { type WindowsJob, withWindowsJob } from './windows-job.ts';

const BROKER = { ...MINIMAL, 'role-to-assume': HUB, 'role-chain': SPOKE, refresh: 'broker' };

/** Asks the endpoint of the job as SDKs do; undefined when nothing listens. */
async function session({ environment }: WindowsJob): Promise<Record<string, string> | undefined> {
  const { AWS_CONTAINER_CREDENTIALS_FULL_URI = '', AWS_CONTAINER_AUTHORIZATION_TOKEN = '' } = environment;
  try {
    const headers = { authorization: AWS_CONTAINER_AUTHORIZATION_TOKEN, connection: 'close' };
    const answer = await fetch(AWS_CONTAINER_CREDENTIALS_FULL_URI, { headers });
    return (await answer.json()) as Record<string, string>;
  } catch {
    return undefined;
  }
}

/** The broker's process IDs, as the folders of the job's steps have them. */
async function brokers({ temp }: WindowsJob): Promise<number[]> {
  const ours = path.join(temp, 'assume-aws-roles');
  const files = (await readdir(ours, { recursive: true })).filter((name) => name.endsWith('broker.json'));
  return Promise.all(
    files.map(async (name) => JSON.parse(await readFile(path.join(ours, name), 'utf8')).pid),
  );
}

/** Whether Windows has a process with this ID. */
async function isAlive(job: WindowsJob, pid: number): Promise<boolean> {
  const { exitCode } = await job.script(`process.kill(${pid}, 0)`);
  return exitCode === 0;
}

test.each(['a', 'my runner', 'R&D', '100%', 'größe'])(
  'a runner in %s: the broker outlives its step, and the post step stops it',
  (name) =>
    withWindowsJob(async (job) => {
      const step = await job.uses(BROKER);
      expect(step).toMatchObject({ exitCode: 0, stderr: '' });
      expect(await session(job)).toMatchObject({ AccessKeyId: expect.stringMatching(/^ASIA/) });
      const [pid = 0] = await brokers(job);
      expect(await isAlive(job, pid)).toBe(true);
      expect(await job.finish()).toMatchObject([{ exitCode: 0, stderr: '' }]);
      expect(await isAlive(job, pid)).toBe(false);
      expect((await job.files(job.temp)).filter((file) => !file.startsWith('step-'))).toEqual([]);
    }, name),
);

test('a second step joins the broker of the first', () =>
  withWindowsJob(async (job) => {
    await job.uses(BROKER);
    const first = new URL(job.environment.AWS_CONTAINER_CREDENTIALS_FULL_URI ?? '');
    await job.uses({ ...BROKER, 'role-chain': 'arn:aws:iam::333333333333:role/deploy' });
    const second = new URL(job.environment.AWS_CONTAINER_CREDENTIALS_FULL_URI ?? '');
    expect([second.port, second.pathname === first.pathname]).toEqual([first.port, false]);
    expect(await session(job)).toMatchObject({ AccountId: '333333333333' });
    expect(await brokers(job)).toHaveLength(1);
    expect(await job.finish()).toMatchObject([{ exitCode: 0 }, { exitCode: 0 }]);
    expect(await session(job)).toBeUndefined();
  }));

test('logout stops the broker', () =>
  withWindowsJob(async (job) => {
    await job.uses(BROKER);
    expect(await job.uses({}, { action: 'logout' })).toMatchObject({ exitCode: 0, stderr: '' });
    expect(await session(job)).toBeUndefined();
    await job.finish();
  }));

test('the broker refreshes a session in time', () =>
  withWindowsJob(
    async (job) => {
      await job.uses(BROKER);
      const before = await session(job);
      await until(async () => (await session(job))?.AccessKeyId !== before?.AccessKeyId);
      const [post] = await job.finish();
      expect(post?.log).toMatch(/Refreshed sessions: \d+ refresh(es)?, 0 failed/);
    },
    'a',
    { sessionSeconds: 8 },
  ));

test('the broker ends when the process of the job ends without a post step', () =>
  withWindowsJob(async (job) => {
    await job.uses(BROKER);
    expect(await session(job)).toBeDefined();
    // The broker trusts only a process of the job that it has seen after the end of the step.
    await pause(3_500);
    await job.end();
    await until(async () => (await session(job)) === undefined, 20);
    expect(await session(job)).toBeUndefined();
  }));
