import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Lab } from '../../lab/lab.ts';
import { installGoTool } from '../../scripts/tools.ts';
import { freePort } from '../clients/moto.ts';
import { until } from '../support/refresh.ts';

export const ROOT_USER = {
  'aws-access-key-id': 'minio-root',
  'aws-secret-access-key': 'a-secret-of-minio',
};

export interface Minio {
  readonly url: string;
  /** The ARN of the role for the tokens of the lab; undefined where a claim names the policy. */
  readonly role: string | undefined;
  stop(): Promise<void>;
}

/**
 * Starts MinIO, with the OIDC issuer of the lab as its identity provider.
 *
 * @param access `MINIO_IDENTITY_OPENID_ROLE_POLICY` or `MINIO_IDENTITY_OPENID_CLAIM_NAME`: what a token allows
 */
export async function startMinio(lab: Lab, access: Readonly<Record<string, string>>): Promise<Minio> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'minio-'));
  const port = await freePort();
  const server = spawn(installGoTool('minio'), ['server', folder, '--address', `127.0.0.1:${port}`], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      HOME: folder,
      MINIO_ROOT_USER: ROOT_USER['aws-access-key-id'],
      MINIO_ROOT_PASSWORD: ROOT_USER['aws-secret-access-key'],
      MINIO_BROWSER: 'off',
      MINIO_IDENTITY_OPENID_CONFIG_URL: new URL('/.well-known/openid-configuration', lab.oidc.requestUrl)
        .href,
      MINIO_IDENTITY_OPENID_CLIENT_ID: 'sts.amazonaws.com',
      ...access,
    },
  });
  let log = '';
  for (const stream of [server.stdout, server.stderr]) stream.on('data', (chunk) => (log += chunk));
  const role = () => /arn:minio:iam:\S*/.exec(log)?.[0];
  const isReady = () =>
    log.includes('API: ') && (role() !== undefined || !('MINIO_IDENTITY_OPENID_ROLE_POLICY' in access));
  await until(() => isReady() || server.exitCode !== null, 60);
  if (!isReady()) throw new Error(`MinIO does not start: ${log}`);
  return {
    url: `http://127.0.0.1:${port}`,
    role: role(),
    async stop() {
      const ended = new Promise((resolve) => server.on('close', resolve));
      server.kill('SIGKILL');
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
