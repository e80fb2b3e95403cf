import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import {
  removeCommandFolderInState,
  withCommandFolder,
} from '../../../src/delivery/command/command-folder.ts';
import { makeOwnFolder, newStepFolder, requireOwnFolder } from '../../../src/platform/files/own-folder.ts';
import { type Host, thisHost } from '../../../src/platform/host/host.ts';

let temp: string;
beforeEach(() => {
  temp = mkdtempSync(path.join(os.tmpdir(), 'command-folder-'));
});
afterEach(() => rmSync(temp, { recursive: true }));

/** A host with the state of one step, and whether the folder existed when its name was saved. */
function hostWithState(cancellation = new AbortController().signal) {
  const state: Record<string, string> = {};
  const existed: boolean[] = [];
  const host: Host = thisHost(cancellation);
  const runner = {
    ...host.runner,
    state: (name: string) => state[name] ?? '',
    saveState(name: string, value: string) {
      state[name] = value;
      existed.push(existsSync(value));
    },
  };
  return { host: { ...host, env: { RUNNER_TEMP: temp }, runner }, state, existed };
}

test('the folder of a command is saved for the post step before it exists, and removed after the command', async () => {
  const { host, state, existed } = hostWithState();
  await withCommandFolder(host, async (folder) => {
    expect(existsSync(folder)).toBe(true);
    expect(state).toEqual({ 'exec-folder': folder });
  });
  expect(existed).toEqual([false]);
  expect(readdirSync(temp)).toEqual([]);
});

test('a cancelled step starts no command, and leaves no folder', async () => {
  const { host } = hostWithState(AbortSignal.abort(new Error('cancelled')));
  const started: string[] = [];
  await expect(withCommandFolder(host, async (folder) => void started.push(folder))).rejects.toThrow(
    'cancelled',
  );
  expect(started).toEqual([]);
  expect(readdirSync(temp)).toEqual([]);
});

test('the post step removes the folder of a step that was killed', async () => {
  const { host, state } = hostWithState();
  const folder = newStepFolder(requireOwnFolder(host.env), 'exec');
  makeOwnFolder(folder, host.env);
  writeFileSync(path.join(folder, 'credentials'), 'keys');
  state['exec-folder'] = folder;
  await removeCommandFolderInState(host);
  expect(readdirSync(temp)).toEqual([]);
});
