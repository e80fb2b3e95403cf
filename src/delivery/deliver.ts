import path from 'node:path';
import type { Authenticated } from '../authenticate.ts';
import type { Config } from '../config/config.ts';
import { ActionError } from '../errors.ts';
import type { Host } from '../host.ts';
import { stopRefreshing } from '../refresh/stop-refreshing.ts';
import type { NamedSession } from '../session/named-sessions.ts';
import { removeProfiles, type WrittenProfiles } from '../shared-config/profiles.ts';
import { rememberCommandFiles } from './command-files.ts';
import { keepRefreshingInState } from './end-refreshing.ts';
import { OUR_FOLDER, writeLedger } from './ledger.ts';
import { outputsOf } from './outputs.ts';
import { deliverProfiles, profilesOf } from './profiles.ts';
import { assertNothingOutranksBroker, isMadeName, type Refreshing, startRefreshing } from './refreshing.ts';
import { writeSummary } from './summary.ts';
import {
  CLEARED,
  credentialVariables,
  exportVariables,
  regionVariables,
  type Variables,
} from './variables.ts';

/**
 * Hands the sessions to later steps: all of it or nothing.
 *
 * @throws ActionError `RUNNER_FILE_MISSING` before anything is written; `DELIVERY_FAILED` or one of the `PROFILE_…`
 *   codes after all was taken back
 */
export async function deliver(authenticated: Authenticated, host: Host): Promise<void> {
  const { config, sessions, ambient } = authenticated;
  const { env, runner, clock } = host;
  const { delivery } = config;
  const inVariables = sessions.find(({ isDefault }) => isDefault);
  const exported = delivery.environment && !ambient ? inVariables : undefined;
  const takeBack = rememberCommandFiles(env);
  let refreshing: Refreshing | undefined;
  let written: WrittenProfiles | undefined;
  try {
    if (delivery.refresh !== 'off' && !ambient) refreshing = await refreshLater(authenticated, host);
    const variables = {
      ...(delivery.unsetCurrent && CLEARED),
      ...(delivery.environment && (refreshing?.variables ?? keyVariables(exported, config))),
      ...(delivery.region && regionVariables(inVariables?.region ?? config.region)),
    };
    const profiles = refreshing?.profiles ?? profilesOf(sessions);
    written = await deliverProfiles(profiles, delivery.overwriteProfiles, host);
    exportVariables(variables, env, runner);
    const ledger = { profiles: written, refreshing: refreshing?.folder };
    writeLedger(Object.keys(variables), ledger, env);
    const outputs = outputsOf(authenticated, refreshing?.brokerUrl);
    for (const [name, value] of Object.entries(outputs)) runner.setOutput(name, value);
  } catch (cause) {
    takeBack();
    if (written !== undefined) await removeProfiles(written, clock);
    if (refreshing !== undefined) await stopRefreshing(refreshing.folder, clock);
    if (cause instanceof ActionError) throw cause;
    throw new ActionError('DELIVERY_FAILED', {
      problem: 'The session could not be handed to later steps.',
      found: 'a failure to write a file of the runner; what had been written was taken back',
      expected: 'room and permission to write under RUNNER_TEMP',
      remedy: "Check disk space and ownership of the runner's temporary folder.",
      cause,
    });
  }
  for (const session of sessions) runner.info(describe(session));
  if (exported !== undefined && refreshing === undefined && isMadeName(env.AWS_PROFILE)) {
    runner.warning(
      `AWS_PROFILE is still ${env.AWS_PROFILE}, of an earlier step with refresh. The AWS CLI takes the keys of this step, the JavaScript SDK that profile. Use logout between the two, or refresh for both.`,
    );
  }
  if (refreshing !== undefined) {
    runner.info(
      `Later steps get sessions that are renewed as long as the job runs (refresh: ${delivery.refresh}).`,
    );
  }
  if (delivery.summary) writeSummary(authenticated, runner);
}

/** The keys themselves, and the profile that has them, too. */
function keyVariables(exported: NamedSession | undefined, { profiles }: Config): Variables {
  if (exported === undefined) return {};
  // As in the peer, and only there: SDKs that find both warn, and `default-profile` asks for variables alone.
  const name = profiles === undefined ? exported.profile?.name : undefined;
  return { ...credentialVariables(exported.session), ...(name !== undefined && { AWS_PROFILE: name }) };
}

/** Starts what refreshes the sessions, after noting for the post step where. */
async function refreshLater(authenticated: Authenticated, host: Host): Promise<Refreshing> {
  assertNothingOutranksBroker(authenticated.config, host.env);
  const { RUNNER_TEMP } = host.env;
  if (!RUNNER_TEMP) {
    throw new ActionError('RUNNER_FILE_MISSING', {
      problem: 'There is no place for sessions that refresh themselves: RUNNER_TEMP is not set.',
      found: 'RUNNER_TEMP is not set',
      expected: 'the temporary folder that the runner makes for each job',
      remedy: 'Update the runner, or look for a step or container that hides RUNNER_TEMP.',
    });
  }
  const refreshing = await startRefreshing(authenticated, path.join(RUNNER_TEMP, OUR_FOLDER), host);
  keepRefreshingInState(refreshing.folder, host.runner);
  return refreshing;
}

function describe({ profile, session: { arn, requestId, credentials } }: NamedSession): string {
  const name = profile === undefined ? '' : `${profile.name}: `;
  const until = credentials.expiration === undefined ? '' : ` until ${credentials.expiration.toISOString()}`;
  return `${name}Authenticated as ${arn}${until} (request ${requestId}).`;
}
