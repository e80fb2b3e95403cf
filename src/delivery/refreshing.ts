import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Authenticated } from '../authenticate.ts';
import type { Config } from '../config/config.ts';
import { ActionError } from '../errors.ts';
import type { Host } from '../host.ts';
import { CREDENTIAL_VARIABLES } from '../identity/ambient-variables.ts';
import { serveByBroker } from '../refresh/broker-process.ts';
import { brokerPath } from '../refresh/broker-server.ts';
import { processCommand } from '../refresh/process-command.ts';
import { heldSession } from '../refresh/refreshing-session.ts';
import { cacheFile } from '../refresh/session-cache.ts';
import { stopRefreshing } from '../refresh/stop-refreshing.ts';
import {
  type NamedDelivery,
  needsOwnEnvironment,
  planFile,
  startsFromSession,
  storablePlan,
  writePlan,
} from '../refresh/stored-plan.ts';
import { writeCache } from '../refresh/write-cache.ts';
import type { Environment } from '../runner/runner.ts';
import { connectionSettings } from '../session/connect.ts';
import type { NamedSession } from '../session/named-sessions.ts';
import type { Profile } from '../shared-config/profiles.ts';
import type { Variables } from './variables.ts';

/** Sessions that refresh themselves, ready to be handed to somebody. */
export interface Refreshing {
  /** The folder with plan, caches and log; it is ours alone. */
  readonly folder: string;
  /** Where later steps find the session that variables are for, if there is one; keys are cleared. */
  readonly variables: Variables;
  readonly profiles: readonly Profile[];
  /** The base URL of the broker. */
  readonly brokerUrl: string | undefined;
}

/** How the names begin of profiles that the user gave none. */
const MADE_NAME = 'assume-aws-roles-';

/** Whether a profile is one that a step with refresh made a name for. */
export function isMadeName(profile: string | undefined): boolean {
  return profile?.startsWith(MADE_NAME) === true;
}

type Named = NamedSession & NamedDelivery;

/**
 * Stores the plan and the sessions of a run where later processes find them, and starts the broker if there is to be one.
 *
 * @param parent the folder to make ours in
 * @throws ActionError `BROKER_NOT_STARTED`, `DELIVERY_FAILED`; nothing is left then
 */
export async function startRefreshing(
  { config, plan, sessions }: Authenticated,
  parent: string,
  host: Host,
): Promise<Refreshing> {
  const { env, runner, clock } = host;
  const id = randomBytes(6).toString('hex');
  const folder = path.join(parent, `refresh-${id}`);
  const named = sessions.map(
    (session): Named => ({
      ...session,
      profile: session.profile ?? { name: MADE_NAME + id, settings: [] },
    }),
  );
  const stored = storablePlan(config, plan.nodes, named.map(withoutSession), connectionSettings(config), env);
  if (startsFromSession(stored)) {
    runner.warning(
      'The sessions start from keys that end themselves (role-chaining, aws-session-token), so they can be renewed only until then. Start from the OIDC token, with role-chain or profiles, to have them renewed as long as the job runs.',
    );
  }
  await mkdir(folder, { recursive: true, mode: 0o700 });
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
    await stopRefreshing(folder, clock);
    throw error;
  }
}

/** What later steps find by a profile: every session under its name, and the name of the one that variables are for. */
function byProcess(named: readonly Named[], folder: string, host: Host): Refreshing {
  const inVariables = named.find(({ isDefault }) => isDefault);
  return {
    folder,
    variables: {
      ...cleared(host.env),
      ...(inVariables !== undefined && { AWS_PROFILE: inVariables.profile.name }),
    },
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
      ...cleared(host.env),
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

/** What the environment has that SDKs would take first. */
function cleared(env: Host['env']): Variables {
  const inTheWay = [...CREDENTIAL_VARIABLES, 'AWS_WEB_IDENTITY_TOKEN_FILE'].filter((name) => env[name]);
  return Object.fromEntries(inTheWay.map((name) => [name, '']));
}

function withoutSession({ session: _, ...delivered }: Named): NamedDelivery {
  return delivered;
}

/** @throws ActionError `INVALID_INPUT` when later steps would not come to ask the broker */
export function assertNothingOutranksBroker({ delivery }: Config, { AWS_PROFILE: name }: Environment): void {
  if (delivery.refresh !== 'broker' || !delivery.environment || !name) return;
  throw new ActionError('INVALID_INPUT', {
    problem: 'The input refresh is not valid: broker does not go with AWS_PROFILE.',
    found: `AWS_PROFILE is ${name}`,
    expected:
      'no AWS_PROFILE, as every SDK takes a profile before an endpoint, and the runner cannot unset it',
    remedy: 'Use refresh: process, or remove the step or setting that exports AWS_PROFILE.',
  });
}
