import path from 'node:path';
import { profileVariables, type Variables } from '../aws/client-variables.ts';
import { makeOwnFolder } from '../platform/files/own-folder.ts';
import type { Host } from '../platform/host/host.ts';
import { type Authenticated, type DeliveredSession, withProfile } from '../session/delivered-sessions.ts';
import type { Profile } from '../shared-config/profiles.ts';
import { profilePath } from './broker/broker-server.ts';
import { serveByBroker } from './broker/start-broker.ts';
import { credentialProcessLine } from './credential-process/command-line.ts';
import { stopRefreshing } from './stop-refreshing.ts';
import { cachedSession } from './stored/cached-session.ts';
import { cacheFile, writeCache } from './stored/session-cache.ts';
import {
  planFile,
  startsFromEnvironment,
  startsFromTemporaryCredentials,
  storablePlan,
  writePlan,
} from './stored/stored-plan.ts';

/** What later steps need to find sessions that are refreshed. */
export interface Refreshing {
  readonly folder: string;
  /** The variables that lead to the default session, if there is one. */
  readonly variables: Variables;
  readonly profiles: readonly Profile[];
  /** The base URL of the broker; undefined with `refresh: process`. */
  readonly brokerUrl: string | undefined;
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
  const delivered = named.map(({ session: _, ...entry }) => entry);
  const stored = storablePlan(config, plan.nodes, delivered, env);
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
    const current = named.find(({ isDefault }) => isDefault)?.profile.name;
    if (config.delivery.refresh === 'process') {
      const variables = current === undefined ? {} : profileVariables(current, env);
      return { folder, variables, profiles: processProfiles(named, folder, host), brokerUrl: undefined };
    }
    const profiles = processProfiles(sessions, folder, host);
    const wanted = { address: config.delivery.brokerAddress, canJoin: !startsFromEnvironment(stored) };
    const { url, token } = await serveByBroker(folder, wanted, host);
    const variables = {
      ...(current !== undefined && { AWS_CONTAINER_CREDENTIALS_FULL_URI: url + profilePath(current) }),
      AWS_CONTAINER_AUTHORIZATION_TOKEN: token,
    };
    return { folder, variables, profiles, brokerUrl: url };
  } catch (error) {
    await stopRefreshing(folder, host);
    throw error;
  }
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
