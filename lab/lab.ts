import type { Server } from 'node:http';
import { type Issuer, JOB_TOKEN, startIssuer } from './issuer.ts';
import { type StsServer, startSts } from './sts.ts';
import { Traffic } from './traffic.ts';
import { defaultWorld, GITHUB, type World } from './world.ts';

export interface LabOptions {
  readonly world?: World;
  /** Milliseconds since 1970; the lab's own clock, which may differ from everybody else's. */
  readonly now?: () => number;
  /** Seconds that every session lives, whatever was asked. */
  readonly sessionSeconds?: number;
  /** Milliseconds that every answer takes longer. */
  readonly latencyMs?: number;
  /** The issuer of tokens; GitHub's own when left out. */
  readonly issuer?: string;
}

/** A GitHub OIDC issuer and an STS on loopback. */
export interface Lab {
  readonly world: World;
  readonly oidc: Issuer;
  readonly sts: StsServer;
  readonly traffic: Traffic;
  /** Every secret there is: the bearer, tokens, secret keys, session tokens. Access key ids are not among them. */
  secrets(): string[];
  /** The access key ids of sessions given out. */
  accessKeyIds(): string[];
  close(): Promise<void>;
}

export async function startLab(options: LabOptions = {}): Promise<Lab> {
  const world = options.world ?? defaultWorld();
  const now = options.now ?? Date.now;
  const traffic = new Traffic();
  traffic.latencyMs = options.latencyMs ?? 0;
  const oidc = await startIssuer(options.issuer ?? `https://${GITHUB}`, traffic, now);
  const sts = await startSts({ world, issuer: oidc, now, sessionSeconds: options.sessionSeconds }, traffic);
  return {
    world,
    oidc,
    sts,
    traffic,
    secrets() {
      const users = Object.values(world.accounts).flatMap(({ users = [] }) => users);
      return [
        oidc.bearer,
        JOB_TOKEN,
        ...oidc.tokens,
        ...users.flatMap(({ secretAccessKey, mfa }) => [
          secretAccessKey,
          ...(mfa === undefined ? [] : [mfa.totpSecret]),
        ]),
        ...[...sts.callers.values()].flatMap(({ secretAccessKey, sessionToken }) => [
          secretAccessKey,
          ...(sessionToken === undefined ? [] : [sessionToken]),
        ]),
      ];
    },
    accessKeyIds: () => [...sts.callers.keys()],
    async close() {
      await Promise.all([oidc.server, sts.server].map(shut));
    },
  };
}

async function shut(server: Server): Promise<void> {
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
