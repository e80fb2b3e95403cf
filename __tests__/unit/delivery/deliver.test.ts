import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { deliver } from '../../../src/delivery/deliver.ts';
import { thisHost } from '../../../src/platform/host/host.ts';
import type { Runner } from '../../../src/platform/runner/runner.ts';
import type { Authenticated } from '../../../src/session/authenticated.ts';
import { configOf, FLAT } from './sessions.ts';

let folder: string;
let env: Record<string, string>;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'deliver-'));
  env = Object.fromEntries(
    ['GITHUB_ENV', 'GITHUB_OUTPUT', 'GITHUB_STATE'].map((name) => [name, path.join(folder, name)]),
  );
  for (const file of Object.values(env)) writeFileSync(file, '');
  env = { ...env, HOME: path.join(folder, 'home'), RUNNER_TEMP: path.join(folder, 'temp') };
  mkdirSync(path.join(folder, 'temp'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Every file and folder, with its text. */
function tree(): Record<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  const entries = names.map((name) => {
    const place = path.join(folder, name);
    return [name, statSync(place).isDirectory() ? 'folder' : readFileSync(place, 'utf8')];
  });
  return Object.fromEntries(entries);
}

/** A runner that writes to its files, and fails where `fail` says. */
function runnerThat(fail: (method: string, name: string) => boolean): Runner {
  const write = (method: string, variable: string) => (name: string) => {
    if (fail(method, name)) throw new Error('no space left on device');
    appendFileSync(env[variable] ?? '', `${name}=…\n`);
  };
  const nothing = () => {};
  return {
    ...thisHost(new AbortController().signal).runner,
    mask: nothing,
    info: nothing,
    warning: nothing,
    debug: nothing,
    group: nothing,
    saveState: write('saveState', 'GITHUB_STATE'),
    exportVariable: write('exportVariable', 'GITHUB_ENV'),
    setOutput: write('setOutput', 'GITHUB_OUTPUT'),
  };
}

function authenticated(inputs: Record<string, string>): Authenticated {
  const config = configOf(inputs);
  const { profile: name } = config.delivery;
  const profile = name === undefined ? undefined : { name, settings: [] };
  return {
    config,
    plan: { nodes: [], delivered: [] },
    sessions: [{ ...FLAT, profile }],
    ambient: false,
    failedNames: [],
  };
}

const host = (runner: Runner) => ({ ...thisHost(new AbortController().signal), env, runner });
const MODES: Record<string, Record<string, string>> = {
  keys: {},
  'a profile and keys': { 'aws-profile': 'p', 'output-env-credentials': 'true' },
  'refresh: process': { refresh: 'process' },
};

describe.each(Object.entries(MODES))('%s: a failure leaves nothing', (_mode, inputs) => {
  const calls: string[] = [];

  test('at any call of the runner', async () => {
    await deliver(
      authenticated(inputs),
      host(runnerThat((method, name) => calls.push(`${method} ${name}`) < 0)),
    );
    expect(calls.length).toBeGreaterThan(8);
    for (const failing of calls) {
      rmSync(folder, { recursive: true });
      mkdirSync(env.RUNNER_TEMP ?? '', { recursive: true });
      for (const name of ['GITHUB_ENV', 'GITHUB_OUTPUT', 'GITHUB_STATE']) writeFileSync(env[name] ?? '', '');
      const before = tree();
      const runner = runnerThat((method, name) => `${method} ${name}` === failing);
      await expect(deliver(authenticated(inputs), host(runner))).rejects.toMatchObject({
        code: 'DELIVERY_FAILED',
      });
      expect({ failing, tree: tree() }).toEqual({ failing, tree: before });
    }
  });

  test('and keeps what an earlier step delivered', async () => {
    await deliver(authenticated({ 'aws-profile': 'earlier' }), host(runnerThat(() => false)));
    const before = tree();
    const runner = runnerThat((method, name) => method === 'setOutput' && name === 'sts-request-id');
    await expect(deliver(authenticated(inputs), host(runner))).rejects.toMatchObject({
      code: 'DELIVERY_FAILED',
    });
    expect(tree()).toEqual(before);
  });
});

test('state names a part before it exists', async () => {
  const found: string[] = [];
  const runner = runnerThat((method, name) => {
    if (method === 'saveState')
      found.push(`${name}: ${Object.keys(tree()).filter((file) => /aws/.test(file))}`);
    return false;
  });
  await deliver(authenticated({ refresh: 'process' }), host(runner));
  expect(found[0]).toBe('refreshing: ');
  expect(found.find((line) => line.startsWith('written-profiles'))).not.toContain('home');
});
