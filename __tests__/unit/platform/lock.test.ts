import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { lock } from '../../../src/platform/files/lock.ts';

const LIMITS = { patienceMs: 15_000, staleMs: 30_000 };
/** No process has this ID: it is above the maximum of Linux. */
const DEAD = `${os.hostname()} 4194305 nonce`;
const ALIVE = `${os.hostname()} ${process.pid} nonce`;

let folder: string;
let file: string;
let now: number;
let sleeps: number[];
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'lock-'));
  file = path.join(folder, 'lock');
  // File systems keep whole seconds exactly.
  now = Math.floor(Date.now() / 1000) * 1000;
  sleeps = [];
});
afterEach(() => rmSync(folder, { recursive: true }));

const clock = {
  now: () => now,
  sleep: async (milliseconds: number) => {
    sleeps.push(milliseconds);
    now += milliseconds;
  },
};

/** A lock file with this owner, written so many milliseconds ago. */
function locked(owner: string, ageMs: number, name = file): void {
  writeFileSync(name, owner);
  const at = (now - ageMs) / 1000;
  utimesSync(name, at, at);
}

/** {@link clock}, with work before its answer number `look`. The first sets the end of the patience. */
function clockWith(look: number, work: () => void) {
  let looks = 0;
  return {
    ...clock,
    now() {
      if (++looks === look) work();
      return now;
    },
  };
}

test('a lock is free, then taken, then free again', async () => {
  const unlock = await lock(file, clock, LIMITS);
  expect(readFileSync(file, 'utf8')).toMatch(new RegExp(`^\\S+ ${process.pid} [0-9a-f-]{36}$`));
  expect(await lock(file, clock, { ...LIMITS, patienceMs: 0 })).toBeUndefined();
  await unlock?.();
  expect(readdirSync(folder)).toEqual([]);
});

test('a lock that another process has taken meanwhile stays', async () => {
  const unlock = await lock(file, clock, LIMITS);
  now += LIMITS.staleMs + 1_000;
  const unlockOther = await lock(file, clock, LIMITS);
  const other = readFileSync(file, 'utf8');
  await unlock?.();
  expect(readFileSync(file, 'utf8')).toBe(other);
  await unlockOther?.();
  expect(readdirSync(folder)).toEqual([]);
});

test('a lock that is gone needs no release', async () => {
  const unlock = await lock(file, clock, LIMITS);
  rmSync(file);
  await expect(unlock?.()).resolves.toBeUndefined();
});

describe('the lock of', () => {
  test.each<[string, string, number, number | undefined]>([
    ['a dead process is taken over at once', DEAD, 0, 0],
    ['a running process is stale by its age, although the patience is shorter', ALIVE, 30_001, 0],
    ['a running process becomes stale during the wait', ALIVE, 20_000, 10_000],
    ['a running process that is too young is waited for in vain', ALIVE, 10_000, undefined],
    ['a process of another host is not judged by its process ID', 'elsewhere 4194305 nonce', 0, undefined],
    ['no owner is taken over once its owner had time to write its name', '', 0, 3_000],
  ])('%s', async (_name, owner, ageMs, expectedWaitMs) => {
    locked(owner, ageMs);
    const startedAt = now;
    const unlock = await lock(file, clock, LIMITS);
    expect(unlock === undefined ? undefined : Math.floor((now - startedAt) / 100) * 100).toBe(expectedWaitMs);
    expect(readFileSync(file, 'utf8') === owner).toBe(unlock === undefined);
    if (unlock === undefined) expect(now - startedAt).toBeGreaterThanOrEqual(LIMITS.patienceMs);
    expect(readdirSync(folder)).toEqual(['lock']);
  });
});

test('one attempt does not wait', async () => {
  locked(ALIVE, 0);
  expect(await lock(file, clock, { ...LIMITS, patienceMs: 0 })).toBeUndefined();
  expect(sleeps).toEqual([]);
});

test('waits are of 5 to 30 ms, and not in step', async () => {
  locked(ALIVE, 0);
  await lock(file, clock, LIMITS);
  expect(Math.min(...sleeps)).toBeGreaterThanOrEqual(5);
  expect(Math.max(...sleeps)).toBeLessThan(30);
  expect(Math.max(...sleeps) - Math.min(...sleeps)).toBeGreaterThan(5);
});

test.each([
  ['of a running process', ALIVE, LIMITS.staleMs],
  ['without an owner', '', 3_000],
])('a lock %s is stale only after its time', async (_what, owner, ageMs) => {
  locked(owner, ageMs);
  expect(await lock(file, clock, LIMITS)).toBeDefined();
  expect(sleeps).toHaveLength(1);
});

test('a lock that another process has taken over meanwhile is not removed', async () => {
  locked(DEAD, 0);
  // The second answer is for the first look at the lock, which is stale.
  const replaced = clockWith(2, () => writeFileSync(file, ALIVE));
  expect(await lock(file, replaced, { ...LIMITS, patienceMs: 100 })).toBeUndefined();
  expect(readFileSync(file, 'utf8')).toBe(ALIVE);
});

test('a lock that somebody has removed can be released', async () => {
  const unlock = await lock(file, clock, LIMITS);
  rmSync(file);
  await expect(unlock?.()).resolves.toBeUndefined();
});

test('a lock whose file cannot be looked at is not removed', async () => {
  symlinkSync('missing', file);
  expect(await lock(file, clock, { ...LIMITS, patienceMs: 100 })).toBeUndefined();
  expect(readdirSync(folder)).toEqual(['lock']);
});

test('a lock that cannot be read has no owner', async () => {
  mkdirSync(file);
  expect(await lock(file, clock, { ...LIMITS, patienceMs: 0 })).toBeUndefined();
});

test('a lock that cannot be created is an error', async () => {
  const inMissing = path.join(folder, 'missing/lock');
  await expect(lock(inMissing, clock, LIMITS)).rejects.toMatchObject({ code: 'ENOENT' });
});

describe('the guard of a stale lock', () => {
  const guard = () => `${file}.taking`;
  beforeEach(() => locked(DEAD, 0));

  test('that a killed process left is removed', async () => {
    locked('', 3_001, guard());
    expect(await lock(file, clock, { ...LIMITS, patienceMs: 0 })).toBeDefined();
    expect(readdirSync(folder)).toEqual(['lock']);
  });

  test('is left to its process for three seconds', async () => {
    locked('', 3_000, guard());
    expect(await lock(file, clock, { ...LIMITS, patienceMs: 0 })).toBeUndefined();
    expect(readdirSync(folder)).toEqual(['lock', 'lock.taking']);
    expect(await lock(file, clock, LIMITS)).toBeDefined();
    expect(sleeps).toHaveLength(1);
  });

  test('that cannot be looked at is not removed', async () => {
    symlinkSync('missing', guard());
    expect(await lock(file, clock, LIMITS)).toBeUndefined();
    expect(readdirSync(folder)).toEqual(['lock', 'lock.taking']);
  });
});

describe('a file that another process removes at the same moment is no error', () => {
  test('the lock', async () => {
    locked(DEAD, 0);
    const removed = clockWith(3, () => rmSync(file));
    expect(await lock(file, removed, LIMITS)).toBeDefined();
  });

  test('the guard of this process', async () => {
    locked(DEAD, 0);
    const removed = clockWith(3, () => rmSync(`${file}.taking`));
    expect(await lock(file, removed, LIMITS)).toBeDefined();
  });

  test('the guard that a killed process left', async () => {
    locked(DEAD, 0);
    locked('', 3_001, `${file}.taking`);
    const removed = clockWith(3, () => rmSync(`${file}.taking`));
    expect(await lock(file, removed, LIMITS)).toBeDefined();
  });
});
