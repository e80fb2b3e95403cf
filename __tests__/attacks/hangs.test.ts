import { spawn } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { beforeAll, expect, test } from '@jest/globals';
import { LONG_TEXTS } from '../support/long-texts.ts';

const PROGRAM = path.resolve('__tests__/support/long-texts.ts');
const NAMES = Object.keys(LONG_TEXTS);
/** Work in proportion to the text takes a part of a second. Work in its square takes minutes. */
const LIMIT_MS = 50_000;

/** The texts that a process of its own reads in time. It stops at the first that is not, as only a kill ends it. */
function readInTime(names: readonly string[]): Promise<readonly string[]> {
  const child = spawn(process.execPath, ['--no-warnings', PROGRAM, ...names], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const read: string[] = [];
  const kill = () => setTimeout(() => child.kill('SIGKILL'), LIMIT_MS);
  let timer = kill();
  createInterface(child.stdout).on('line', (name) => {
    read.push(name);
    clearTimeout(timer);
    timer = kill();
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', () => {
      clearTimeout(timer);
      resolve(read);
    });
  });
}

/** All texts that are read in time. A new process skips the one that the last process did not read. */
async function allInTime(names: readonly string[]): Promise<readonly string[]> {
  if (names.length === 0) return [];
  const read = await readInTime(names);
  return [...read, ...(await allInTime(names.slice(read.length + 1)))];
}

let inTime: readonly string[];
beforeAll(async () => {
  inTime = await allInTime(NAMES);
}, NAMES.length * LIMIT_MS);

test.each(NAMES)('%s: read in time', (name) => {
  expect(inTime).toContain(name);
});
