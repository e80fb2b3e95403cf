import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { readConfig } from '../../../src/config/read-config.ts';
import { deliver } from '../../../src/delivery/deliver.ts';
import { thisHost } from '../../../src/platform/host/host.ts';
import type { Runner } from '../../../src/platform/runner/runner.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'deliver-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const SESSION = {
  credentials: { accessKeyId: 'ASIAX', secretAccessKey: 's', sessionToken: 't', expiration: new Date(0) },
  arn: 'arn:aws:sts::111111111111:assumed-role/deploy/x',
  accountId: '111111111111',
  userId: 'AROA:x',
  requestId: 'r',
};

test('a file of the runner that cannot be written half-way: variables and profiles are taken back', async () => {
  const files = Object.fromEntries(
    ['GITHUB_ENV', 'GITHUB_OUTPUT', 'GITHUB_STATE'].map((name) => [name, path.join(folder, name)]),
  );
  for (const file of Object.values(files)) writeFileSync(file, '');
  const env = { ...files, HOME: path.join(folder, 'home') };
  const runner: Runner = {
    ...thisHost(new AbortController().signal).runner,
    mask: () => {},
    saveState: (name) => appendFileSync(files.GITHUB_STATE ?? '', name),
    exportVariable: (name) => appendFileSync(files.GITHUB_ENV ?? '', name),
    setOutput: () => {
      throw new Error('no space left');
    },
  };
  const inputs: Record<string, string> = {
    'aws-region': 'eu-west-1',
    'role-to-assume': 'arn:aws:iam::111111111111:role/deploy',
    'aws-profile': 'p',
    'output-env-credentials': 'true',
  };
  const config = readConfig({
    text: (name) => inputs[name] ?? '',
    job: { repository: 'a/b', runId: '1' },
    env: { ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'x' },
  });
  const sessions = [
    {
      node: 'a',
      region: 'eu-west-1',
      isDefault: true,
      profile: { name: 'p', settings: [] },
      session: SESSION,
    },
  ];
  const authenticated = {
    config,
    plan: { nodes: [], delivered: [] },
    sessions,
    ambient: false,
    failedNames: [],
  };
  const delivery = deliver(authenticated, { ...thisHost(new AbortController().signal), env, runner });
  await expect(delivery).rejects.toMatchObject({ code: 'DELIVERY_FAILED' });
  for (const file of Object.values(files)) expect(readFileSync(file, 'utf8')).toBe('');
  expect(readdirSync(folder)).not.toContain('home');
});
