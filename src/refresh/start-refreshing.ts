import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { profileVariables, type Variables } from '../aws/client-variables.ts';
import type { ProfileToWrite } from '../plan/plan.ts';
import { makeOwnFolder } from '../platform/files/own-folder.ts';
import type { Host } from '../platform/host/host.ts';
import type { Authenticated } from '../session/authenticated.ts';
import { connectionSettings } from '../session/connect.ts';
import type { NamedSession } from '../session/named-sessions.ts';
import type { Profile } from '../shared-config/profiles.ts';
import { serveByBroker } from './broker-process.ts';
import { brokerPath } from './broker-server.ts';
import { processCommand } from './process-command.ts';
import { heldSession } from './refreshing-session.ts';
import { cacheFile } from './session-cache.ts';
import { stopRefreshing } from './stop-refreshing.ts';
import {
  type NamedDelivery,
  needsOwnEnvironment,
  planFile,
  startsFromSession,
  storablePlan,
  writePlan,
} from './stored-plan.ts';
import { writeCache } from './write-cache.ts';

/** Sessions that refresh themselves, ready to be handed to somebody. */
export interface Refreshing {
  /** The folder with plan, caches and log; it is ours alone. */
  readonly folder: string;
  /** Where later steps find the default session, if there is one. */
  readonly variables: Variables;
  readonly profiles: readonly Profile[];
  /** The base URL of the broker. */
  readonly brokerUrl: string | undefined;
}

/** How the names begin of profiles that the user gave none. */
const MADE_NAME = 'assume-aws-roles-';

/** A profile for a session that the user gave no name. */
export function madeProfile(): ProfileToWrite {
  return { name: MADE_NAME + randomBytes(6).toString('hex'), settings: [] };
}

type Named = NamedSession & NamedDelivery;

/** Names a folder for {@link startRefreshing} below `parent`, so that it can be noted before it is there. */
export function refreshFolder(parent: string): string {
  return path.join(parent, `refresh-${randomBytes(6).toString('hex')}`);
}

/**
 * Stores the plan and the sessions of a run where later processes find them, and starts the broker if there is to be one.
 *
 * @param folder the folder to make, see {@link refreshFolder}
 * @throws ActionError `BROKER_NOT_STARTED`, `DELIVERY_FAILED`, `FOLDER_REFUSED`; nothing is left then
 */
export async function startRefreshing(
  { config, plan, sessions }: Authenticated,
  folder: string,
  host: Host,
): Promise<Refreshing> {
  const { env, runner, clock } = host;
  const named = sessions.map((session): Named => ({ ...session, profile: session.profile ?? madeProfile() }));
  const stored = storablePlan(
    config,
    plan.nodes,
    named.map(withoutSession),
    connectionSettings(config, env),
    env,
  );
  if (startsFromSession(stored)) {
    runner.warning(
      'The sessions start from keys that end themselves (role-chaining, aws-session-token), so they can be renewed only until then. Start from the OIDC token, with role-chain or profiles, to have them renewed as long as the job runs.',
    );
  }
  makeOwnFolder(folder, env);
  try {
    await writePlan(folder, stored);
    for (const { profile, session } of named) {
      const held = heldSession(session, clock.now());
      await writeCache(cacheFile(folder, profile.name), { held, failure: undefined });
    }
    return config.delivery.refresh === 'broker'
      ? await byBroker(named, sessions, folder, needsOwnEnvironment(stored), host)
      : byProcess(named, folder, host);
  } catch (error) {
    await stopRefreshing(folder, host);
    throw error;
  }
}

/** What later steps find by a profile: every session under its name, and the name of the one that variables are for. */
function byProcess(named: readonly Named[], folder: string, host: Host): Refreshing {
  const inVariables = named.find(({ isDefault }) => isDefault);
  return {
    folder,
    variables: inVariables === undefined ? {} : profileVariables(inVariables.profile.name, host.env),
    profiles: processProfiles(named, folder, host),
    brokerUrl: undefined,
  };
}

/** An endpoint for all; sessions that have a name of the user's are profiles as well, for `--profile`. */
async function byBroker(
  named: readonly Named[],
  sessions: readonly NamedSession[],
  folder: string,
  alone: boolean,
  host: Host,
): Promise<Refreshing> {
  const profiles = processProfiles(sessions, folder, host);
  const { url: brokerUrl, token } = await serveByBroker(folder, alone, host);
  const inVariables = named.find(({ isDefault }) => isDefault);
  return {
    folder,
    variables: {
      ...(inVariables !== undefined && {
        AWS_CONTAINER_CREDENTIALS_FULL_URI: brokerUrl + brokerPath(inVariables.profile.name),
      }),
      AWS_CONTAINER_AUTHORIZATION_TOKEN: token,
    },
    profiles,
    brokerUrl,
  };
}

/** The sessions that have a name, as profiles with a `credential_process` line. */
function processProfiles(
  sessions: readonly NamedSession[],
  folder: string,
  { node, programs }: Host,
): readonly Profile[] {
  const program = path.join(programs, 'credential-process', 'index.js');
  return sessions.flatMap(({ profile, region }): Profile[] => {
    if (profile === undefined) return [];
    const words = [node, program, '--profile', profile.name, '--plan', planFile(folder)];
    return [{ ...profile, region, source: { credentialProcess: processCommand(words, process.platform) } }];
  });
}

function withoutSession({ session: _, ...delivered }: Named): NamedDelivery {
  return delivered;
}
