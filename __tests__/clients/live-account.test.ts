import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { LIVE, liveRoles, setUpCommands, takeDownCommands } from '../../scripts/live/account.ts';
import { AWS } from './clients.ts';
import { type Moto, startMoto } from './moto.ts';

/** The commands for the account of live.yml, run with the AWS CLI against moto's IAM. */

const ACCOUNT = { accountId: '111111111111', repository: 'octo-org/octo-app', ownerId: '123456' };
let moto: Moto;
let folder: string;
beforeAll(async () => {
  moto = await startMoto(ACCOUNT.accountId, false);
  folder = mkdtempSync(path.join(os.tmpdir(), 'live-account-'));
}, 70_000);
afterAll(() => {
  moto.stop();
  rmSync(folder, { recursive: true });
});

function run(script: string): string {
  return execFileSync('bash', ['-ec', script], {
    cwd: folder,
    encoding: 'utf8',
    env: {
      PATH: [path.dirname(AWS), process.env.PATH].join(path.delimiter),
      HOME: folder,
      LIVE_WAIT_SECONDS: '0',
      AWS_ENDPOINT_URL: moto.url,
      AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
      AWS_DEFAULT_REGION: 'us-east-1',
    },
  });
}

const roleNames = () =>
  (JSON.parse(run('aws iam list-roles --output json')).Roles as { RoleName: string }[]).map(
    ({ RoleName }) => RoleName,
  );

test('the account of live.yml is set up, and taken down again without a trace but the provider', () => {
  run(setUpCommands(ACCOUNT));
  expect(roleNames().sort()).toEqual(
    liveRoles(ACCOUNT)
      .map(({ suffix }) => `${LIVE}${suffix}`)
      .sort(),
  );
  run(takeDownCommands(ACCOUNT));
  expect(roleNames()).toEqual([]);
  // The provider is there, and a second set-up leaves it.
  run(setUpCommands(ACCOUNT));
  const { OpenIDConnectProviderList: providers } = JSON.parse(
    run('aws iam list-open-id-connect-providers --output json'),
  );
  expect(providers).toHaveLength(1);
}, 120_000);
