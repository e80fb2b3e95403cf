import {
  CLEARED,
  clearedFor,
  credentialVariables,
  profileVariables,
  regionVariables,
  type Variables,
} from '../aws/client-variables.ts';
import { requestSuffix } from '../aws/request-id.ts';
import type { DeliveryConfig } from '../config/config.ts';
import { ActionError } from '../platform/errors.ts';
import { tempFolder } from '../platform/files/temp-folder.ts';
import type { Host } from '../platform/host/host.ts';
import { keepRefreshingInState } from '../refresh/end-refreshing.ts';
import { madeProfile, type Refreshing, refreshFolder, startRefreshing } from '../refresh/start-refreshing.ts';
import { stopRefreshing } from '../refresh/stop-refreshing.ts';
import type { Authenticated } from '../session/authenticated.ts';
import type { NamedSession } from '../session/named-sessions.ts';
import { removeProfiles, type WrittenProfiles } from '../shared-config/profiles.ts';
import { rememberCommandFiles } from './command-files.ts';
import { describeInForce } from './in-force.ts';
import { exportedByEarlierSteps, writeLedger } from './ledger.ts';
import { outputsOf } from './outputs.ts';
import { deliverProfiles, profilesOf } from './profiles.ts';
import { writeSummary } from './summary.ts';
import { exportVariables } from './variables.ts';

/**
 * Hands the sessions to later steps: all of it or nothing.
 *
 * @throws ActionError `RUNNER_FILE_MISSING` before anything is written; `DELIVERY_FAILED` or one of the `PROFILE_…`
 *   codes after all was taken back
 */
export async function deliver(authenticated: Authenticated, host: Host): Promise<void> {
  const { config, ambient } = authenticated;
  const { env, runner, clock } = host;
  const { delivery } = config;
  const earlier = exportedByEarlierSteps(env);
  const sessions = withNames(authenticated, earlier, env);
  const byDefault = sessions.find(({ isDefault }) => isDefault);
  const current = delivery.environment && !ambient ? byDefault : undefined;
  const takeBack = rememberCommandFiles(env);
  let refreshing: Refreshing | undefined;
  let written: WrittenProfiles | undefined;
  let variables: Variables = {};
  try {
    if (delivery.refresh !== 'off' && !ambient) {
      refreshing = await refreshLater({ ...authenticated, sessions }, host);
    }
    variables = {
      ...(delivery.unsetCurrent && CLEARED),
      ...(current !== undefined && sessionVariables(current, delivery, refreshing, env)),
      ...exportedRegion(authenticated, byDefault, earlier),
    };
    const profiles = refreshing?.profiles ?? profilesOf(sessions);
    written = await deliverProfiles(profiles, delivery.overwriteProfiles, host);
    host.cancellation.throwIfAborted();
    exportVariables(variables, env, runner);
    const ledger = { profiles: written, refreshing: refreshing?.folder };
    writeLedger(Object.keys(variables), ledger, env);
    const outputs = outputsOf(authenticated, refreshing?.brokerUrl);
    for (const [name, value] of Object.entries(outputs)) runner.setOutput(name, value);
  } catch (cause) {
    if (written !== undefined) await removeProfiles(written, clock);
    if (refreshing !== undefined) await stopRefreshing(refreshing.folder, host);
    takeBack();
    if (cause instanceof ActionError) throw cause;
    throw new ActionError('DELIVERY_FAILED', {
      problem: 'The session could not be handed to later steps.',
      found: 'a failure to write a file of the runner; what had been written was taken back',
      expected: 'room and permission to write under RUNNER_TEMP',
      remedy: "Check disk space and ownership of the runner's temporary folder.",
      cause,
    });
  }
  for (const session of authenticated.sessions) runner.info(describe(session));
  for (const warning of contradictions(authenticated, current, variables, env)) runner.warning(warning);
  if (refreshing !== undefined) {
    runner.info(
      `Later steps get sessions that are renewed as long as the job runs (refresh: ${delivery.refresh}).`,
    );
  }
  const inForce = describeInForce(authenticated.sessions, current, { ...env, ...variables });
  if (inForce.length > 0) runner.group('What later steps are', inForce);
  if (delivery.summary) writeSummary(authenticated, runner);
}

/**
 * The sessions, with a name for the default one where clients have to find it by `AWS_PROFILE`: once a step has exported
 * that, the runner cannot unset it, and a client that takes it first would still be what the earlier step delivered.
 */
function withNames(
  { config: { delivery }, sessions }: Authenticated,
  earlier: ReadonlySet<string>,
  env: Host['env'],
): readonly NamedSession[] {
  const { environment, refresh } = delivery;
  const outranked = env.AWS_PROFILE && (earlier.has('AWS_PROFILE') || refresh === 'broker');
  if (!environment || !outranked) return sessions;
  return sessions.map((session) =>
    session.isDefault ? { ...session, profile: session.profile ?? madeProfile() } : session,
  );
}

/** What makes later steps `current`, and nothing that the environment had before. */
function sessionVariables(
  current: NamedSession,
  { keys }: DeliveryConfig,
  refreshing: Refreshing | undefined,
  env: Host['env'],
): Variables {
  const { profile, session } = current;
  const named = profile === undefined ? {} : profileVariables(profile.name, env);
  if (refreshing === undefined)
    return { ...(keys ? credentialVariables(session) : clearedFor(env)), ...named };
  return { ...clearedFor(env), ...refreshing.variables, ...named };
}

/**
 * The region goes with the keys. A profile has its own, which clients take only where no variable holds another; so one
 * that an earlier step exported, and that cannot be unset, becomes that of the default profile.
 */
function exportedRegion(
  { config: { delivery, region } }: Authenticated,
  byDefault: NamedSession | undefined,
  earlier: ReadonlySet<string>,
): Variables {
  const replaces = delivery.environment && earlier.has('AWS_REGION');
  const wanted = delivery.region ?? (byDefault !== undefined && (delivery.keys || replaces));
  return wanted ? regionVariables(byDefault?.region ?? region) : {};
}

/** What of the environment contradicts what was delivered, in sentences for warnings. */
function contradictions(
  { config: { profiles }, sessions }: Authenticated,
  current: NamedSession | undefined,
  variables: Variables,
  env: Host['env'],
): string[] {
  if (current === undefined || !variables.AWS_ACCESS_KEY_ID) return [];
  const warnings: string[] = [];
  if (profiles !== undefined && sessions.length > 1) {
    warnings.push(
      `output-env-credentials: true exports the keys and the region of ${current.profile?.name} besides the profiles. Most clients take these first, so AWS_PROFILE=NAME has no effect for them; use --profile NAME --region REGION, or remove output-env-credentials.`,
    );
  }
  if (env.AWS_PROFILE && variables.AWS_PROFILE === undefined) {
    warnings.push(
      `AWS_PROFILE is ${env.AWS_PROFILE}, which the workflow or another action sets. The AWS CLI and most SDKs take the keys of this step; the JavaScript SDK takes that profile. Remove AWS_PROFILE from the job.`,
    );
  }
  return warnings;
}

/** Starts what refreshes the sessions, after noting for the post step where. */
async function refreshLater(authenticated: Authenticated, host: Host): Promise<Refreshing> {
  const folder = refreshFolder(tempFolder(host.env));
  keepRefreshingInState(folder, host.runner);
  return startRefreshing(authenticated, folder, host);
}

function describe({ profile, session: { arn, requestId, credentials } }: NamedSession): string {
  const name = profile === undefined ? '' : `${profile.name}: `;
  const until = credentials.expiration === undefined ? '' : ` until ${credentials.expiration.toISOString()}`;
  return `${name}Authenticated as ${arn}${until}${requestSuffix(requestId)}.`;
}
