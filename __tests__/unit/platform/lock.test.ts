import { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
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
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'lock-'));
  file = path.join(folder, 'lock');
  now = Date.now();
});
afterEach(() => rmSync(folder, { recursive: true }));

const clock = {
  now: () => now,
  sleep: async (milliseconds: number) => {
    now += milliseconds;
  },
};

/** A lock file with this owner, written so many milliseconds ago. */
function locked(owner: string, ageMs: number): void {
  writeFileSync(file, owner);
  const at = (now - ageMs) / 1000;
  utimesSync(file, at, at);
}

test('a lock is free, then taken, then free again', async () => {
  const unlock = await lock(file, clock, LIMITS);
  expect(readFileSync(file, 'utf8')).toMatch(new RegExp(`^\\S+ ${process.pid} [0-9a-f-]{36}$`));
  expect(await lock(file, clock, { ...LIMITS, patienceMs: 0 })).toBeUndefined();
  await unlock?.();
  expect(readdirSync(folder)).toEqual([]);
});

describe('the lock of', () => {
  test.each<[string, string, number, number | undefined]>([
    ['a dead process is taken over at once', DEAD, 0, 0],
    ['a running process is stale by its age, although the patience is shorter', ALIVE, 30_001, 0],
    ['a running process becomes stale during the wait', ALIVE, 20_000, 10_000],
    ['a running process that is too young is waited for in vain', ALIVE, 10_000, undefined],
    ['a process of another host is not judged by its process ID', 'elsewhere 4194305 nonce', 0, undefined],
    ['no owner is taken over once its owner had time to write its name', '', 0, 1_000],
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

test('a lock that another process has taken over meanwhile is not removed', async () => {
  locked(DEAD, 0);
  let looks = 0;
  const replaced = {
    ...clock,
    now() {
      // The first call sets the end of the patience; the second is the first look at the lock, which is stale.
      if (++looks === 2) writeFileSync(file, ALIVE);
      return now;
    },
  };
  expect(await lock(file, replaced, LIMITS)).toBeUndefined();
  expect(looks).toBeGreaterThan(2);
  expect(readFileSync(file, 'utf8')).toBe(ALIVE);
});

test('a guard that a killed process left is removed', async () => {
  locked(DEAD, 0);
  writeFileSync(`${file}.taking`, '');
  expect(await lock(file, clock, LIMITS)).toBeDefined();
  expect(readdirSync(folder)).toEqual(['lock']);
});
