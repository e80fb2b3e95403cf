import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { systemClock } from '../../../src/platform/clock.ts';
import { thisHost } from '../../../src/platform/host/host.ts';
import { thisOutside } from '../../../src/platform/host/outside.ts';
import { sendHttp } from '../../../src/platform/http/http.ts';
import { gitHubRunner } from '../../../src/platform/runner/github-runner.ts';

let folder: string;
const { argv, exitCode } = process;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'host-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
  process.argv = argv;
  process.exitCode = exitCode;
});

describe('the world around this process', () => {
  test('has the real clock, HTTP, and random numbers', () => {
    const { clock, http, random } = thisOutside();
    expect([clock, http, random]).toEqual([systemClock, sendHttp, Math.random]);
  });

  test('has the environment of the start', () => {
    process.env.OUTSIDE_TEST = 'before';
    const { env } = thisOutside();
    process.env.OUTSIDE_TEST = 'after';
    expect(env.OUTSIDE_TEST).toBe('before');
    delete process.env.OUTSIDE_TEST;
  });

  test.each<[string, string | undefined, unknown]>([
    ['as it is', '{"a": [1]}', { a: [1] }],
    ['that is not valid', '{"a": ', {}],
    ['that is missing', undefined, {}],
  ])('reads a JSON file %s', async (_what, text, expected) => {
    const file = path.join(folder, 'event.json');
    if (text !== undefined) writeFileSync(file, text);
    expect(await thisOutside().readJson(file)).toEqual(expected);
  });
});

describe('the host of an action', () => {
  test('has the runner, its Node.js, and the folder of the programs', () => {
    const { signal } = new AbortController();
    process.argv = ['node', path.join(folder, 'dist', 'main', 'index.js')];
    const host = thisHost(signal);
    expect([host.runner, host.cancellation, host.node, host.programs]).toEqual([
      gitHubRunner,
      signal,
      process.execPath,
      path.join(folder, 'dist'),
    ]);
    expect(host.clock).toBe(systemClock);
  });

  test('sets the exit code', () => {
    thisHost(new AbortController().signal).setExitCode(7);
    expect(process.exitCode).toBe(7);
  });
});
