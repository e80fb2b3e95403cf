import path from 'node:path';
import { profileVariables, type Variables } from '../aws/client-variables.ts';
import { makeOwnFolder } from '../platform/files/own-folder.ts';
import type { Host } from '../platform/host/host.ts';
import type { Authenticated } from '../session/authenticated.ts';
import { type DeliveredSession, type NamedSession, withProfile } from '../session/delivered-sessions.ts';
import type { Profile } from '../shared-config/profiles.ts';
import { profilePath } from './broker/broker-server.ts';
import { serveByBroker } from './broker/start-broker.ts';
import { credentialProcessLine } from './credential-process/command-line.ts';
import { stopRefreshing } from './stop-refreshing.ts';
import { cachedSession } from './stored/cached-session.ts';
import { cacheFile, writeCache } from './stored/session-cache.ts';
import {
  planFile,
  type StoredDelivery,
  startsFromEnvironment,
  startsFromTemporaryCredentials,
  storablePlan,
  writePlan,
} from './stored/stored-plan.ts';

/** What later steps need to find sessions that are refreshed. */
export interface Refreshing {
  /** The refresh folder: plan, caches and log. */
  readonly folder: string;
  /** The variables that lead to the default session, if there is one. */
  readonly variables: Variables;
  readonly profiles: readonly Profile[];
  /** The base URL of the broker; undefined with `refresh: process`. */
  readonly brokerUrl: string | undefined;
}

/** Whether the sessions of a step are refreshed. Clients refresh the credentials of the environment themselves. */
export function isRefreshed({ config, ambient }: Authenticated): boolean {
  return config.delivery.refresh !== 'off' && !ambient;
}

/**
 * Stores the plan and the sessions of a step for the processes that refresh them, and starts a broker with
 * `refresh: broker`.
 *
 * @param folder the refresh folder to create; its name has been saved for the post step
 * @throws ActionError `BROKER_NOT_STARTED`, `DELIVERY_FAILED`, `FOLDER_REFUSED`; then nothing is left
 */
export async function startRefreshing(
  { config, plan, sessions }: Authenticated,
  folder: string,
  host: Host,
): Promise<Refreshing> {
  const { env, runner, clock } = host;
  const named = sessions.map(withProfile);
  const stored = storablePlan(config, plan.nodes, named.map(withoutSession), env);
  if (startsFromTemporaryCredentials(stored)) {
    runner.warning(
      'The sessions start from credentials that expire (role-chaining, aws-session-token), and can be refreshed only until then. Start from the OIDC token, with role-chain or profiles, to refresh them as long as the job runs.',
    );
  }
  makeOwnFolder(folder, env);
  try {
    await writePlan(folder, stored);
    for (const { profile, session } of named) {
      const cached = cachedSession(session, clock.now());
      await writeCache(cacheFile(folder, profile.name), { cached, failure: undefined });
    }
    if (config.delivery.refresh === 'process') return byProcess(named, folder, host);
    const profiles = processProfiles(sessions, folder, host);
    const broker = await serveByBroker(folder, !startsFromEnvironment(stored), host);
    return { folder, variables: brokerVariables(named, broker), profiles, brokerUrl: broker.url };
  } catch (error) {
    await stopRefreshing(folder, host);
    throw error;
  }
}

/** Every session is a profile; the variables name that of the default session. */
function byProcess(named: readonly NamedSession[], folder: string, host: Host): Refreshing {
  const current = named.find(({ isDefault }) => isDefault);
  return {
    folder,
    variables: current === undefined ? {} : profileVariables(current.profile.name, host.env),
    profiles: processProfiles(named, folder, host),
    brokerUrl: undefined,
  };
}

function brokerVariables(
  named: readonly NamedSession[],
  { url, token }: { readonly url: string; readonly token: string },
): Variables {
  const current = named.find(({ isDefault }) => isDefault);
  return {
    ...(current !== undefined && {
      AWS_CONTAINER_CREDENTIALS_FULL_URI: url + profilePath(current.profile.name),
    }),
    AWS_CONTAINER_AUTHORIZATION_TOKEN: token,
  };
}

/** The sessions that have a profile, each with its `credential_process` line. */
function processProfiles(
  sessions: readonly DeliveredSession[],
  folder: string,
  { node, programs }: Host,
): readonly Profile[] {
  const program = path.join(programs, 'credential-process', 'index.js');
  return sessions.flatMap(({ profile, region }): Profile[] => {
    if (profile === undefined) return [];
    const words = [node, program, '--profile', profile.name, '--plan', planFile(folder)];
    const credentialProcess = credentialProcessLine(words, process.platform);
    return [{ ...profile, region, source: { credentialProcess } }];
  });
}

function withoutSession({ session: _, ...delivered }: NamedSession): StoredDelivery {
  return delivered;
}
