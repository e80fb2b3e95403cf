import { takeLedger } from './delivery/ledger.ts';
import type { Host } from './host.ts';
import { stopRefreshing } from './refresh/stop-refreshing.ts';
import { reportFailure } from './report.ts';
import { removeProfiles } from './shared-config/profiles.ts';

/**
 * The `logout/` action: does now what the post steps of all invocations so far would do at the end of the job. Keys that
 * were there before the first of them become empty, as nothing secret is kept where another step could read it; the post
 * steps still give them back.
 */
export async function logOut({ runner, env, clock }: Host): Promise<void> {
  try {
    const entries = takeLedger(env);
    const variables: Record<string, string> = {};
    for (const entry of entries) {
      Object.assign(variables, entry.variables);
      if (entry.profiles !== undefined) await removeProfiles(entry.profiles, clock);
      if (entry.refreshing !== undefined) await stopRefreshing(entry.refreshing, clock);
    }
    for (const [name, value] of Object.entries(variables)) runner.exportVariable(name, value);
    const names = Object.keys(variables);
    runner.info(
      entries.length === 0
        ? 'Nothing to log out of: no step of this job delivered credentials.'
        : `Logged out: ${names.length > 0 ? `${names.join(', ')} are as the job found them` : 'profiles are removed'}.`,
    );
  } catch (error) {
    reportFailure(error, { runner, env });
  }
}
