import type { Server } from 'node:http';
import { type Issuer, JOB_TOKEN, startIssuer } from './issuer.ts';
import { type OrganizationsServer, startOrganizations } from './organizations.ts';
import type { RateLimit } from './rate-limit.ts';
import { type StsServer, startSts } from './sts.ts';
import { Traffic } from './traffic.ts';
import { defaultWorld, GITHUB, type World } from './world.ts';

export interface LabOptions {
  readonly world?: World;
  /** The lab's clock, in milliseconds since 1970. It can differ from the clock of the action. */
  readonly now?: () => number;
  /** Seconds until each session expires, regardless of the requested duration. */
  readonly sessionSeconds?: number;
  /** Milliseconds of extra latency for each response. */
  readonly latencyMs?: number;
  /** The limit of STS; without it, STS throttles nothing. */
  readonly stsLimit?: RateLimit;
  /** The `iss` of tokens. The default is GitHub's. */
  readonly issuer?: string;
}

/** GitHub's OIDC issuer, STS and AWS Organizations on loopback. */
export interface Lab {
  readonly world: World;
  readonly oidc: Issuer;
  readonly sts: StsServer;
  readonly organizations: OrganizationsServer;
  readonly traffic: Traffic;
  /** All secrets: the bearer token, OIDC tokens, secret access keys, session tokens. Access key IDs are not secret. */
  secrets(): string[];
  /** The secret access key of a user or an issued session; undefined for an access key ID that is not known. */
  secretKeyOf(accessKeyId: string | undefined): string | undefined;
  /** The access key IDs of all issued sessions. */
  accessKeyIds(): string[];
  close(): Promise<void>;
}

export async function startLab(options: LabOptions = {}): Promise<Lab> {
  const world = options.world ?? defaultWorld();
  const now = options.now ?? Date.now;
  const traffic = new Traffic();
  traffic.latencyMs = options.latencyMs ?? 0;
  const oidc = await startIssuer(options.issuer ?? `https://${GITHUB}`, traffic, now);
  const { sessionSeconds, stsLimit } = options;
  const sts = await startSts({ world, issuer: oidc, now, sessionSeconds }, traffic, stsLimit);
  const organizations = await startOrganizations(sts.state, sts.callers, traffic);
  const users = () => Object.values(world.accounts).flatMap((account) => account.users ?? []);
  return {
    world,
    oidc,
    sts,
    organizations,
    traffic,
    secrets() {
      return [
        oidc.bearer,
        JOB_TOKEN,
        ...oidc.tokens,
        ...users().flatMap(({ secretAccessKey, mfa }) => [
          secretAccessKey,
          ...(mfa === undefined ? [] : [mfa.totpSecret]),
        ]),
        ...[...sts.callers.values()].flatMap(({ secretAccessKey, sessionToken }) => [
          secretAccessKey,
          ...(sessionToken === undefined ? [] : [sessionToken]),
        ]),
      ];
    },
    secretKeyOf: (id = '') =>
      (sts.callers.get(id) ?? users().find(({ accessKeyId }) => accessKeyId === id))?.secretAccessKey,
    accessKeyIds: () => [...sts.callers.keys()],
    async close() {
      await Promise.all([oidc.server, sts.server, organizations.server].map(shut));
    },
  };
}

async function shut(server: Server): Promise<void> {
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
