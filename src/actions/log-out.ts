import type { Variables } from '../aws/client-variables.ts';
import { keepInLedger, type LedgerEntry, takeLedger } from '../delivery/ledger.ts';
import { keepProfilesInState } from '../delivery/profiles.ts';
import { valuesToGiveBack } from '../delivery/variables.ts';
import { asActionError, inOneLine } from '../platform/errors.ts';
import type { Host } from '../platform/host/host.ts';
import { stopRefreshing } from '../refresh/stop-refreshing.ts';
import {
  hasDefaultProfile,
  planEmptyDefault,
  removeProfiles,
  writeEmptyDefault,
} from '../shared-config/profiles.ts';

/**
 * The `logout/` action: does now what the post steps of all invocations so far would do at the end of the job. Keys that
 * were there before the first of them become empty, as nothing secret is kept where another step could read it; the post
 * steps still give them back.
 */
export async function logOut(host: Host): Promise<void> {
  const { runner, env, clock } = host;
  const { entries, broken } = takeLedger(env);
  if (broken > 0) {
    runner.warning(
      `${broken} ${broken === 1 ? 'line' : 'lines'} of the list of what was delivered cannot be read; what ${broken === 1 ? 'it names' : 'they name'} ends with the job.`,
    );
  }
  const replaced: Record<string, string> = {};
  for (const entry of entries) {
    Object.assign(replaced, entry.variables);
    if (entry.profiles !== undefined) await removeProfiles(entry.profiles, clock);
    if (entry.refreshing !== undefined) await stopOrWarn(entry.refreshing, host);
  }
  // An empty AWS_PROFILE is the name of no profile to the AWS CLI and boto3, and stops them.
  const needsDefault = replaced.AWS_PROFILE === '';
  if (needsDefault) await ensureDefaultProfile(host);
  const values = valuesToGiveBack(replaced, env, needsDefault);
  for (const [name, value] of Object.entries(values)) runner.exportVariable(name, value);
  keepForLaterSteps(replaced, { ...env, ...values }, env);
  runner.info(describe(entries, Object.keys(values)));
}

/** Ends what refreshes sessions; a path that is not ours is left alone, and the rest is done. */
async function stopOrWarn(folder: string, host: Host): Promise<void> {
  try {
    await stopRefreshing(folder, host);
  } catch (error) {
    host.runner.warning(inOneLine(asActionError(error)));
  }
}

/** Writes an empty `[default]` section where there is none; the post step of `logout` takes it out. */
async function ensureDefaultProfile(host: Host): Promise<void> {
  if (hasDefaultProfile(host.env)) return;
  const place = planEmptyDefault(host.env);
  keepProfilesInState(place, host.runner);
  await writeEmptyDefault(place, host.clock);
}

/** What cannot be unset is still ours: a later step may change it without asking whose it is. */
function keepForLaterSteps(replaced: Variables, now: Host['env'], env: Host['env']): void {
  const kept = Object.entries(replaced).filter(([name, value]) => value === '' && now[name]);
  if (kept.length === 0) return;
  keepInLedger({ variables: Object.fromEntries(kept), profiles: undefined, refreshing: undefined }, env);
}

function describe(entries: readonly LedgerEntry[], names: readonly string[]): string {
  if (names.length > 0) return `Logged out: ${names.join(', ')} are as the job found them.`;
  const delivered = entries.some(
    ({ profiles, refreshing }) => profiles !== undefined || refreshing !== undefined,
  );
  return delivered
    ? 'Logged out: profiles are removed.'
    : 'Nothing to log out of: no step of this job delivered credentials.';
}
