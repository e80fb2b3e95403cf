import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Lab } from '../../lab/lab.ts';
import { installSeaweedFS } from '../../scripts/tools.ts';
import { freePort, untilAnswered } from '../clients/moto.ts';

export interface SeaweedFS {
  readonly url: string;
  stop(): Promise<void>;
}

const allow = (actions: readonly string[], rest: object) => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: actions, ...rest }],
});

/** An account with the role `deploy` for every token of the lab. */
const iamConfig = ({ oidc }: Lab) => ({
  sts: {
    tokenDuration: '1h',
    maxSessionLength: '12h',
    issuer: 'seaweedfs-sts',
    signingKey: Buffer.alloc(32, 'k').toString('base64'),
    accountId: '111111111111',
    providers: [
      {
        name: 'github',
        type: 'oidc',
        enabled: true,
        config: {
          issuer: oidc.issuer,
          clientId: 'sts.amazonaws.com',
          jwksUri: new URL('/.well-known/jwks', oidc.requestUrl).href,
        },
      },
    ],
  },
  policy: { defaultEffect: 'Deny', storeType: 'memory' },
  roles: [
    {
      roleName: 'deploy',
      roleArn: 'arn:aws:iam::111111111111:role/deploy',
      trustPolicy: allow(['sts:AssumeRoleWithWebIdentity'], { Principal: { Federated: '*' } }),
      attachedPolicies: ['storage'],
    },
  ],
  policies: [{ name: 'storage', document: allow(['s3:*'], { Resource: ['*'] }) }],
});

/** Starts SeaweedFS, with the OIDC issuer of the lab as its identity provider. */
export async function startSeaweedFS(lab: Lab): Promise<SeaweedFS> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'weed-'));
  const config = path.join(folder, 'iam.json');
  await writeFile(config, JSON.stringify(iamConfig(lab)));
  const [master, volume, filer, s3] = await Promise.all(Array.from({ length: 4 }, freePort));
  const args = ['-dir', folder, '-ip', '127.0.0.1', '-ip.bind', '127.0.0.1', '-filer', '-s3'];
  const ports = { 'master.port': master, 'volume.port': volume, 'filer.port': filer, 's3.port': s3 };
  const flags = Object.entries({ ...ports, 's3.iam.config': config }).map(
    ([name, value]) => `-${name}=${value}`,
  );
  const server = spawn(installSeaweedFS(), ['server', ...args, ...flags], {
    cwd: folder,
    stdio: 'ignore',
    env: { HOME: folder },
  });
  const url = `http://127.0.0.1:${s3}`;
  await untilAnswered(url);
  return {
    url,
    async stop() {
      const ended = new Promise((resolve) => server.on('close', resolve));
      server.kill('SIGKILL');
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
