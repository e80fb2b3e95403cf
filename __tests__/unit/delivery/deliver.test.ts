import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { deliver } from '../../../src/delivery/deliver.ts';
import { removeProfilesInState } from '../../../src/delivery/delivered-profiles.ts';
import { thisHost } from '../../../src/platform/host/host.ts';
import type { Runner } from '../../../src/platform/runner/runner.ts';
import type { Authenticated } from '../../../src/session/delivered-sessions.ts';
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
    const files = Object.keys(tree()).filter((file) => /aws/.test(file));
    found.push(`${method} ${name}: ${method === 'saveState' ? files : ''}`);
    return false;
  });
  await deliver(authenticated({ refresh: 'process' }), host(runner));
  expect(found[0]).toBe('saveState refreshing: ');
  expect(found.find((line) => line.startsWith('saveState written-profiles'))).not.toContain('home');
  const methods = found.map((line) => line.split(':')[0]);
  expect(methods.indexOf('saveState replaced-variables')).toBe(
    methods.findIndex((method) => method?.startsWith('exportVariable')) - 1,
  );
});

describe('profiles', () => {
  const PROFILE = { 'aws-profile': 'p' };
  const KEYS = '[mine]\naws_access_key_id = AKIAMINE\n';

  test('a config file that is refused leaves the credentials file as it was, without keys', async () => {
    const aws = path.join(folder, 'home/.aws');
    mkdirSync(path.join(aws, 'config'), { recursive: true });
    writeFileSync(path.join(aws, 'credentials'), KEYS);
    const before = tree();
    const warnings: string[] = [];
    const runner = { ...runnerThat(() => false), warning: (text: string) => void warnings.push(text) };
    await expect(deliver(authenticated(PROFILE), host(runner))).rejects.toMatchObject({
      code: 'PROFILE_FILE_REFUSED',
    });
    expect(tree()).toEqual(before);
    expect(warnings).toEqual([]);
  });

  test('a link to the file with the keys, made after they were written, is refused by the post step', async () => {
    const states: Record<string, string> = {};
    const runner = {
      ...runnerThat(() => false),
      saveState: (name: string, value: string) => void Object.assign(states, { [name]: value }),
      state: (name: string) => states[name] ?? '',
    };
    await deliver(authenticated(PROFILE), host(runner));
    const credentials = path.join(folder, 'home/.aws/credentials');
    renameSync(credentials, path.join(folder, 'moved'));
    symlinkSync(path.join(folder, 'moved'), credentials);
    await expect(removeProfilesInState(host(runner))).rejects.toMatchObject({ code: 'PROFILE_FILE_REFUSED' });
    expect(readFileSync(path.join(folder, 'moved'), 'utf8')).toContain('[p]');
  });

  test('of the name default have a header without "profile", as every client reads it', async () => {
    await deliver(authenticated({ 'aws-profile': 'default' }), host(runnerThat(() => false)));
    const { 'home/.aws/config': config, 'home/.aws/credentials': credentials } = tree();
    expect(config).toMatch(/^\[default\]$/m);
    expect(credentials).toMatch(/^\[default\]$/m);
    expect(config).not.toContain('profile default');
  });
});
