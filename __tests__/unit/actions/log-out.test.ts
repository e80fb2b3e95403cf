import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from '@jest/globals';
import { logOut } from '../../../src/actions/log-out.ts';
import { appendToLedger } from '../../../src/delivery/ledger.ts';
import { thisHost } from '../../../src/platform/host/host.ts';

test('logout saves the empty default profile for its post step before it writes it', async () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'log-out-'));
  try {
    const env = { RUNNER_TEMP: folder, HOME: path.join(folder, 'home'), AWS_PROFILE: 'dev' };
    appendToLedger({ variables: { AWS_PROFILE: '' }, profiles: undefined, refreshing: undefined }, env);
    const calls: string[] = [];
    const host = thisHost(new AbortController().signal);
    const runner = {
      ...host.runner,
      info: () => {},
      saveState: (name: string) => void calls.push(`${name}: ${readdirSync(folder)}`),
      exportVariable: (name: string, value: string) => void calls.push(`${name}=${value}`),
    };
    await logOut({ ...host, env, runner });
    expect(calls).toEqual(['written-profiles: assume-aws-roles', 'AWS_PROFILE=default']);
    expect(readFileSync(path.join(folder, 'home/.aws/config'), 'utf8')).toMatch(/^\[default\]$/m);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
