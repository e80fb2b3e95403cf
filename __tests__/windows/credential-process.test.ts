import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { errorOf, HUB, MINIMAL, SPOKE } from '../support/harness.ts';
import { type Ended, type WindowsJob, withWindowsJob } from './windows-job.ts';

const CHAIN = { ...MINIMAL, 'role-to-assume': HUB, 'role-chain': SPOKE, refresh: 'process' };

const ESCAPED = 'cmd.exe /C with escaped quotes';

/** How clients start the line of `credential_process` on Windows. */
const STARTS: Readonly<Record<string, (job: WindowsJob, line: string) => Promise<Ended>>> = {
  /** The AWS CLI and boto3: split into words as the C runtime of Microsoft does, and started without a shell. */
  'without a shell': (job, line) => {
    const [argv0 = ''] = /^(?:"[^"]*"|[^\s"])+/.exec(line) ?? [];
    return job.run({ program: job.node, argv0, args: [line.slice(argv0.length + 1)], verbatim: true });
  },
  /** The SDK for .NET. */
  'cmd.exe /C': (job, line) => job.run({ program: 'cmd.exe', args: ['/C', line], verbatim: true }),
  /** The SDK for JavaScript: `exec` of Node.js. */
  'cmd.exe /d /s /c "…"': (job, line) =>
    job.run({ program: 'cmd.exe', args: ['/d', '/s', '/c', `"${line}"`], verbatim: true }),
  /** The SDK for Go. */
  [ESCAPED]: (job, line) => job.run({ program: 'cmd.exe', args: ['/C', line] }),
};

async function lineOf(job: WindowsJob): Promise<string> {
  const config = await readFile(path.join(job.home, '.aws/config'), 'utf8');
  return /^credential_process = (.*?)\r?$/m.exec(config)?.[1] ?? '';
}

const ask = (start: string, job: WindowsJob, line: string) => STARTS[start]?.(job, line);

/** The SDK for Go puts a backslash before each quote, so it needs a line without quotes. */
const PLAIN = ['a', 'a!b', 'a+b-c~1', '@a'];
const QUOTED = ['my runner', 'R&D', 'größe', 'a=b', 'a,b;c', 'Program Files (x86)', 'a^b', "it's", 'a [1]'];

test.each([...PLAIN, ...QUOTED])('each client gets the session of a runner in %s', (name) =>
  withWindowsJob(async (job) => {
    const step = await job.uses(CHAIN);
    expect(step).toMatchObject({ exitCode: 0, stderr: '' });
    const line = await lineOf(job);
    const starts = Object.keys(STARTS).filter((start) => PLAIN.includes(name) || start !== ESCAPED);
    for (const start of starts) {
      const { exitCode, stderr, stdout } = (await ask(start, job, line)) ?? {};
      expect({ start, exitCode, stderr, stdout }).toEqual({
        start,
        exitCode: 0,
        stderr: '',
        stdout: expect.stringMatching(/^\{"Version":1,"AccessKeyId":"ASIA/),
      });
    }
    expect(await job.finish()).toMatchObject([{ exitCode: 0, stderr: '' }]);
  }, name),
);

test.each(['100%', '%PATH%', 'a #b', 'a ;b'])('a runner in %s gets an error that says why', (name) =>
  withWindowsJob(async (job) => {
    const step = await job.uses(CHAIN);
    expect(errorOf(step)).toContain('credential_process');
    expect(step.environment).toEqual({});
    expect(await job.files(job.home)).toEqual([]);
  }, name),
);

describe('a refresh', () => {
  test('gets a new session when 75% of the duration has passed, and the post step reports it', () =>
    withWindowsJob(async (job) => {
      await job.uses(CHAIN);
      const line = await lineOf(job);
      const first = JSON.parse((await ask('cmd.exe /C', job, line))?.stdout ?? '');
      await job.expire(0.8);
      const second = JSON.parse((await ask('cmd.exe /C', job, line))?.stdout ?? '');
      expect(second.AccessKeyId).not.toBe(first.AccessKeyId);
      const [post] = await job.finish();
      expect(post?.log).toContain('Refreshed sessions: 1 refresh, 0 failed');
      expect((await job.files(job.temp)).filter((name) => !name.startsWith('step-'))).toEqual([]);
    }));

  test('of many processes at once is one', () =>
    withWindowsJob(async (job) => {
      await job.uses(CHAIN);
      const line = await lineOf(job);
      await job.expire(1.1);
      const answers = await Promise.all(Array.from({ length: 6 }, () => ask('cmd.exe /C', job, line)));
      expect(answers.filter((answer) => answer?.exitCode !== 0)).toEqual([]);
      expect(new Set(answers.map((answer) => JSON.parse(answer?.stdout ?? '').AccessKeyId)).size).toBe(1);
      expect(job.lab.traffic.counts()).toMatchObject({ oidc: 2, sts: 4 });
    }));

  test('that fails hands out the valid session, and says so on standard error', () =>
    withWindowsJob(async (job) => {
      await job.uses(CHAIN);
      const line = await lineOf(job);
      await job.expire(0.8);
      const away = { env: { ACTIONS_ID_TOKEN_REQUEST_URL: '', ACTIONS_ID_TOKEN_REQUEST_TOKEN: '' } };
      const answer = await job.run({ program: 'cmd.exe', args: ['/C', line], verbatim: true, ...away });
      expect(answer.exitCode).toBe(0);
      expect(JSON.parse(answer.stdout).Version).toBe(1);
      expect(answer.stderr).toContain('OIDC_PERMISSION_MISSING');
    }));
});
