import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Session } from '../../../src/aws/session.ts';
import { ActionError } from '../../../src/platform/errors.ts';
import { cachedSession } from '../../../src/refresh/stored/cached-session.ts';
import { currentSession } from '../../../src/refresh/stored/current-session.ts';
import {
  countRefreshes,
  describeRefresh,
  type RefreshEvent,
  readRefreshes,
} from '../../../src/refresh/stored/refresh-log.ts';
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

describe('a process that is suspended for three hours in a refresh', () => {
  const suspended = () => {
    now += 3 * 3600 * 1000;
  };
  const idOf = ({ cached }: { cached: { session: Session } }) => cached.session.credentials.accessKeyId;

  test('tries again: the first sessions of a chain have expired', async () => {
    let attempts = 0;
    const current = await ask(async () => {
      if (++attempts === 2) return session('B');
      suspended();
      throw AWAY;
    });
    expect([idOf(current), attempts]).toEqual(['B', 2]);
  });

  test('does not hand out the session that STS issued before', async () => {
    let attempts = 0;
    const current = await ask(async () => {
      attempts++;
      if (attempts === 3) return session('C');
      const answered = { sts: now, here: now };
      const obtained = session('B');
      suspended();
      return { ...obtained, answered };
    });
    expect([idOf(current), attempts]).toEqual(['C', 3]);
    expect(readRefreshes(folder).map(({ kind }) => kind)).toEqual(['refreshed']);
  });

  test.each([
    ['fails', AWAY],
    ['succeeds', undefined],
  ])(
    'takes the session that another process has obtained meanwhile, when its own attempt %s',
    async (_, error) => {
      const current = await ask(async () => {
        suspended();
        await keep('other');
        if (error !== undefined) throw error;
        return session('own');
      });
      expect(idOf(current)).toBe('other');
      expect(readRefreshes(folder)).toEqual([]);
    },
  );

  test('does not try again after a failure that took as long as it may', async () => {
    let attempts = 0;
    const failing = ask(async (limit) => {
      attempts++;
      now += limit * 1000 + 29_000;
      throw AWAY;
    });
    await expect(failing).rejects.toThrow('[STS_UNREACHABLE]');
    expect(attempts).toBe(1);
  });
});

test('of many failures in a row the log has the first ones, and some of the others; all count', async () => {
  const fail = async () => {
    throw AWAY;
  };
  const times = async (count: number) => {
    for (let index = 0; index < count; index++) {
      now += 30_001;
      await ask(fail).catch(() => {});
    }
  };
  await keep('A');
  now = START + 2_700_000;
  await times(100);
  const logged = readRefreshes(folder);
  expect(logged.map(({ failures }) => failures)).toEqual([1, 2, 3, 4, 8, 16, 32, 64]);
  expect(describeRefresh(logged[7] as RefreshEvent)).toContain(
    'dev: refresh failed (64 times in a row): STS could',
  );
  now += 1;
  await ask(async () => session('B'));
  expect(countRefreshes(readRefreshes(folder))).toEqual({ refreshed: 1, failed: 100 });
  now += 2_700_000;
  await times(2);
  expect(countRefreshes(readRefreshes(folder))).toEqual({ refreshed: 1, failed: 102 });
  now += 30_001;
  await ask(async () => session('C'));
  expect(countRefreshes(readRefreshes(folder))).toEqual({ refreshed: 2, failed: 102 });
  expect(describeRefresh(readRefreshes(folder)[8] as RefreshEvent)).toContain('dev: refreshed, expires at');
});

test('the failures of several profiles count together', () => {
  const event = { at: '2026-11-21T12:00:00.000Z', kind: 'failed', message: 'x' } as const;
  const events = ['a', 'b'].flatMap((profile) => [1, 2].map((failures) => ({ ...event, profile, failures })));
  expect(countRefreshes(events)).toEqual({ refreshed: 0, failed: 4 });
  expect(countRefreshes([])).toEqual({ refreshed: 0, failed: 0 });
});

test('an unexpected error is stored without its message', async () => {
  await expect(
    ask(async () => {
      throw new Error('with a secret');
    }),
  ).rejects.toThrow('[INTERNAL]');
  const text = await readFile(cacheFile(folder, 'dev'), 'utf8');
  expect(text).not.toContain('with a secret');
  expect(readCache(cacheFile(folder, 'dev')).failure?.code).toBe('INTERNAL');
});

test('profiles whose names are not file names have separate caches', () => {
  const names = ['a/b', '../x', 'ä', 'CON', 'a', 'A', 'x'.repeat(128)];
  const files = names.map((name) => cacheFile('/f', name));
  expect(new Set(files).size).toBe(names.length);
  for (const file of files) expect(file).toMatch(/^\/f\/session-(hash-)?[0-9a-f]{1,200}\.json$/);
});
