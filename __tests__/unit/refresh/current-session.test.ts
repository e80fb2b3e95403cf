import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { Session } from '../../../src/aws/session.ts';
import { ActionError } from '../../../src/platform/errors.ts';
import { cachedSession } from '../../../src/refresh/stored/cached-session.ts';
import { currentSession } from '../../../src/refresh/stored/current-session.ts';
import { describeRefresh, readRefreshes } from '../../../src/refresh/stored/refresh-log.ts';
import { cacheFile, readCache, writeCache } from '../../../src/refresh/stored/session-cache.ts';

const START = Date.parse('2026-11-21T12:00:00Z');
const AWAY = new ActionError('STS_UNREACHABLE', { problem: 'STS could not be reached.', remedy: 'Wait.' });

let folder: string;
let now: number;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'refresh-'));
  now = START;
});
afterEach(() => rm(folder, { recursive: true }));

const clock = {
  now: () => now,
  sleep: async (milliseconds: number) => {
    now += milliseconds;
  },
};

/** A session that expires `seconds` from now. */
function session(accessKeyId: string, seconds = 3600): Session {
  return {
    credentials: {
      accessKeyId,
      secretAccessKey: 'secret',
      sessionToken: 'token',
      expiration: new Date(now + seconds * 1000),
    },
    arn: 'arn:aws:sts::111111111111:assumed-role/deploy/x',
    accountId: '111111111111',
    userId: 'AROA:x',
    requestId: 'r',
  };
}

/** Requests the session; `replay` receives its limit in seconds. */
function ask(replay: (limit: number) => Promise<Session>) {
  return currentSession({ folder, profile: 'dev', clock, timeoutSeconds: async () => 60, replay });
}

const never = async () => {
  throw new TypeError('no session should be requested');
};

async function keep(accessKeyId: string, seconds?: number): Promise<void> {
  const cached = cachedSession(session(accessKeyId, seconds), now);
  await writeCache(cacheFile(folder, 'dev'), { cached, failure: undefined });
}

test('fresh for three quarters of its duration', async () => {
  await keep('A');
  now = START + 2_699_999;
  expect((await ask(never)).cached.session.credentials.accessKeyId).toBe('A');
  now = START + 2_700_000;
  const { cached } = await ask(async () => session('B'));
  expect(cached.session.credentials.accessKeyId).toBe('B');
  expect((await ask(never)).cached.session.credentials.accessKeyId).toBe('B');
  expect(readRefreshes(folder).map(describeRefresh)).toEqual([
    '2026-11-21T12:45:00.000Z dev: refreshed, expires at 2026-11-21T13:45:00.000Z. The previous session expires at 2026-11-21T13:00:00.000Z.',
  ]);
});

test.each([
  ['two hours ahead', 7_200_000],
  ['two hours behind', -7_200_000],
])('a clock %s: the remaining time follows from the date of the STS answer', async (_, off) => {
  const granted = session('A', 900);
  now = START + off;
  const answered = { sts: START, here: now };
  const cached = cachedSession({ ...granted, answered }, now);
  await writeCache(cacheFile(folder, 'dev'), { cached, failure: undefined });
  const at = (seconds: number) => {
    now = START + off + seconds * 1000;
  };
  at(600);
  expect((await ask(never)).cached.session.credentials.accessKeyId).toBe('A');
  at(897);
  const away = async () => {
    throw AWAY;
  };
  expect((await ask(away)).cached.session.credentials.accessKeyId).toBe('A');
  at(899);
  await expect(ask(away)).rejects.toThrow('[STS_UNREACHABLE]');
});

test('a clock that was set back: the age of a session is unknown, so a new one is obtained', async () => {
  await keep('A');
  now = START - 3_600_000;
  expect((await ask(async () => session('B'))).cached.session.credentials.accessKeyId).toBe('B');
});

test('with a valid session a refresh can take ten seconds, but no longer than the session; otherwise as long as the action', async () => {
  const limits: number[] = [];
  const fail = async (limit: number) => {
    limits.push(limit);
    throw AWAY;
  };
  await keep('A');
  now = START + 2_700_000;
  expect((await ask(fail)).failure?.code).toBe('STS_UNREACHABLE');
  now = START + 3_595_000;
  expect((await ask(fail)).cached.session.credentials.accessKeyId).toBe('A');
  now = START + 3_600_000;
  await expect(ask(fail)).rejects.toThrow('[STS_UNREACHABLE]');
  expect(limits).toEqual([10, 4.5, 60]);
});

test('a refresh that takes longer than the previous session is attempted again, with the full timeout', async () => {
  await keep('A');
  now = START + 3_596_000;
  const limits: number[] = [];
  const { cached } = await ask(async (limit) => {
    limits.push(limit);
    now += limit * 1000 + 600;
    if (limits.length === 1) throw AWAY;
    return session('B');
  });
  expect(limits).toEqual([3.5, 60]);
  expect(cached.session.credentials.accessKeyId).toBe('B');
});

test('after a failure the next refresh waits a tenth of the remaining time, at most thirty seconds', async () => {
  await keep('A');
  now = START + 2_700_000;
  const fail = async () => {
    throw AWAY;
  };
  await ask(fail);
  now += 29_999;
  expect((await ask(never)).failure?.code).toBe('STS_UNREACHABLE');
  now += 2;
  expect((await ask(async () => session('B'))).cached.session.credentials.accessKeyId).toBe('B');
});

test('an unexpected error is stored without its message', async () => {
  await expect(
    ask(async () => {
      throw new Error('with a secret');
    }),
  ).rejects.toThrow('[INTERNAL]');
  const text = await readFile(cacheFile(folder, 'dev'), 'utf8');
  expect(text).not.toContain('with a secret');
  expect((await readCache(cacheFile(folder, 'dev'))).failure?.code).toBe('INTERNAL');
});

test('profiles whose names are not file names have separate caches', () => {
  const names = ['a/b', '../x', 'ä', 'CON', 'a', 'A', 'x'.repeat(128)];
  const files = names.map((name) => cacheFile('/f', name));
  expect(new Set(files).size).toBe(names.length);
  for (const file of files) expect(file).toMatch(/^\/f\/session-(hash-)?[0-9a-f]{1,200}\.json$/);
});
