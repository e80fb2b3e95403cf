import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { LIVE, liveRoles, setUpCommands, takeDownCommands } from '../../../scripts/live/account.ts';
import { tokenProblems } from '../../../scripts/live/token-problems.ts';

const ACCOUNT = { accountId: '111111111111', repository: 'octo-org/octo-app', ownerId: '123456' };
const IDS = { repositoryId: '456789' };

describe('the account of live.yml', () => {
  test('has every role that the workflow names', () => {
    const workflow = readFileSync('.github/workflows/live.yml', 'utf8');
    const suffixes = [...workflow.matchAll(/vars\.LIVE_ROLE \}\}(-[\w-]+)/g)].map(
      ([, suffix]) => suffix ?? '',
    );
    const missing = suffixes.filter((suffix) => !liveRoles(ACCOUNT).some((role) => role.suffix === suffix));
    expect([...new Set(missing)]).toEqual(['-that-does-not-exist']);
  });

  test('trusts only one environment of the repository, by name or by ID', () => {
    expect(setUpCommands(ACCOUNT)).toContain('"repo:octo-org/octo-app:environment:live"');
    const immutable = setUpCommands({ ...ACCOUNT, ...IDS });
    expect(immutable).toContain('"repo:octo-org@123456/octo-app@456789:environment:live"');
    expect(immutable).not.toContain('repo:octo-org/octo-app');
    for (const { statements } of liveRoles(ACCOUNT))
      for (const { Effect, Condition, Principal } of statements)
        if (Effect === 'Allow' && 'Federated' in Principal)
          expect(JSON.stringify(Condition)).toMatch(/:environment:(live|nobody)"/);
  });

  const unlessWindows = process.platform === 'win32' ? test.skip : test;
  unlessWindows('is set up and taken down by commands that a shell takes, each role once', () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'live-account-'));
    const log = path.join(folder, 'calls');
    // No provider yet, and every other call works.
    const aws = `#!/bin/sh\necho "$*" >> ${log}\ntest "$2" != get-open-id-connect-provider\n`;
    writeFileSync(path.join(folder, 'aws'), aws, { mode: 0o755 });
    const env = { PATH: [folder, process.env.PATH].join(path.delimiter), LIVE_WAIT_SECONDS: '0' };
    const calls = (script: string) => {
      writeFileSync(log, '');
      const output = execFileSync('bash', ['-e'], { cwd: folder, env, input: script, encoding: 'utf8' });
      return { output, calls: readFileSync(log, 'utf8').trim().split('\n') };
    };
    const up = calls(setUpCommands({ ...ACCOUNT, ...IDS }));
    const down = calls(takeDownCommands(ACCOUNT));
    const names = liveRoles(ACCOUNT).map(({ suffix }) => `${LIVE}${suffix}`);
    const roles = (lines: readonly string[], command: string) =>
      lines.flatMap((line) => new RegExp(`^iam ${command} --role-name (\\S+)`).exec(line)?.[1] ?? []);
    expect(roles(up.calls, 'create-role')).toEqual(names);
    expect(roles(down.calls, 'delete-role')).toEqual(names);
    expect(roles(up.calls, 'put-role-policy')).toEqual(roles(down.calls, 'delete-role-policy'));
    expect(up.calls.filter((line) => line.startsWith('iam create-open-id-connect-provider'))).toHaveLength(1);
    expect(up.output).toContain(
      `gh variable set LIVE_ROLE --env live --repo octo-org/octo-app --body arn:aws:iam`,
    );
    for (const name of names) {
      const { Statement } = JSON.parse(readFileSync(path.join(folder, `${name}-trust.json`), 'utf8'));
      expect(Statement.length).toBeGreaterThan(0);
    }
    rmSync(folder, { recursive: true });
  });
});

describe('a token', () => {
  const claims = {
    sub: 'repo:octo-org@123456/octo-app@456789:environment:live%3A 100%',
    repository: 'octo-org/octo-app',
    repository_owner_id: '123456',
    repository_id: '456789',
    environment: 'live: 100%',
    event_name: 'push',
    ref: 'refs/heads/main',
    iat: 1_000,
    exp: 1_300,
  };

  test('is as the code expects', () => {
    expect(tokenProblems(claims)).toEqual([]);
    expect(tokenProblems({ ...claims, sub: 'repo:octo-org/octo-app:environment:live%3A 100%' })).toEqual([]);
    expect(tokenProblems(claims, ['pull_request', 'environment:live%3A 100%'])).toEqual([]);
  });

  test('has another context, or a shorter life', () => {
    expect(tokenProblems({ ...claims, exp: 1_100 }, ['pull_request'])).toEqual([
      `The subject is ${claims.sub}. The code expects repo:octo-org@123456/octo-app@456789:pull_request.`,
      'The token lives 100 seconds.',
    ]);
  });
});
