import type { Variables } from '../aws/client-variables.ts';
import { saveProfiles } from '../delivery/delivered-profiles.ts';
import { valuesToRestore } from '../delivery/environment-after-step.ts';
import { appendToLedger, type LedgerEntry, takeLedger } from '../delivery/ledger.ts';
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
 * The `logout/` action: does now what the post steps of all earlier steps do at the end of the job. Keys from before the
 * first of these steps become empty, because secrets are not stored where another step could read them; the post steps
 * restore them.
 */
export async function logOut(host: Host): Promise<void> {
  const { runner, env, clock } = host;
  const { entries, broken } = takeLedger(env);
  if (broken > 0) {
    const lines =
      broken === 1 ? '1 line of the list of deliveries is' : `${broken} lines of the list of deliveries are`;
    runner.warning(`${lines} not readable. What they name is removed at the end of the job.`);
  }
  const replaced: Record<string, string> = {};
  const failures: unknown[] = [];
  for (const entry of entries) {
    Object.assign(replaced, entry.variables);
    if (entry.refreshing !== undefined) await stopOrWarn(entry.refreshing, host);
    if (entry.profiles === undefined) continue;
    try {
      await removeProfiles(entry.profiles, clock);
    } catch (error) {
      failures.push(error);
      // For the next logout.
      appendToLedger({ variables: {}, profiles: entry.profiles, refreshing: undefined }, env);
    }
  }
  // The AWS CLI and boto3 take an empty AWS_PROFILE for the name of a profile, and fail.
  const needsDefault = replaced.AWS_PROFILE === '';
  if (needsDefault) await ensureDefaultProfile(host).catch((error: unknown) => failures.push(error));
  const values = valuesToRestore(replaced, env, needsDefault);
  for (const [name, value] of Object.entries(values)) runner.exportVariable(name, value);
  recordRemaining(replaced, { ...env, ...values }, env);
  // Whatever can be removed is removed. The step fails nevertheless, as credentials remain.
  if (failures.length > 0) throw failures[0];
  runner.info(describe(entries, Object.keys(values)));
}

/** Stops refreshing. A path that this action did not write is a warning, and the other entries are removed. */
async function stopOrWarn(folder: string, host: Host): Promise<void> {
  try {
    await stopRefreshing(folder, host);
  } catch (error) {
    host.runner.warning(inOneLine(asActionError(error)));
  }
}

/** Writes an empty `[default]` section if there is none; the post step of `logout` removes it. */
async function ensureDefaultProfile({ env, runner, clock }: Host): Promise<void> {
  if (hasDefaultProfile(env)) return;
  const place = planEmptyDefault(env);
  saveProfiles(place, runner);
  await writeEmptyDefault(place, clock);
}

/** Records the variables that still have a value, as the runner cannot unset them. A later step may replace them. */
function recordRemaining(replaced: Variables, now: Host['env'], env: Host['env']): void {
  const remaining = Object.entries(replaced).filter(([name, value]) => value === '' && now[name]);
  if (remaining.length === 0) return;
  const variables = Object.fromEntries(remaining);
  appendToLedger({ variables, profiles: undefined, refreshing: undefined }, env);
}

function describe(entries: readonly LedgerEntry[], names: readonly string[]): string {
  if (names.length > 0) return `Logged out: restored ${names.join(', ')}.`;
  const hasDelivered = entries.some(({ profiles, refreshing }) => profiles ?? refreshing);
  return hasDelivered
    ? 'Logged out: removed the profiles.'
    : 'Nothing to log out of: no step of this job delivered credentials.';
}
