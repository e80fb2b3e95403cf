import { removeExecFolderInState } from '../delivery/command/command-folder.ts';
import { removeLedger } from '../delivery/ledger.ts';
import { removeProfilesInState } from '../delivery/profiles.ts';
import { restoreVariables } from '../delivery/variables.ts';
import { ActionError, inOneLine } from '../platform/errors.ts';
import type { Host } from '../platform/host/host.ts';
import { traceOf } from '../platform/trace.ts';
import { endRefreshingInState } from '../refresh/end-refreshing.ts';
import { hasDefaultProfile } from '../shared-config/profiles.ts';

/** The post step: the runner as this invocation found it. A failure here warns, since the job's work is done. */
export async function cleanUp(host: Host): Promise<void> {
  const { runner, env } = host;
  if (env.AWS_SKIP_CLEANUP_STEP === 'true') {
    runner.info('AWS_SKIP_CLEANUP_STEP is true: what this action delivered stays.');
    return;
  }
  await attempt(
    'The variables that this action exported could not be restored; they end with the job.',
    async () => {
      const names = restoreVariables(runner, env, hasDefault(env));
      if (names.length > 0) runner.info(`Restored ${names.join(', ')} to what this step found.`);
    },
  );
  await attempt('What refreshes the sessions could not be ended; it ends with the job.', () =>
    endRefreshingInState(host),
  );
  await attempt(
    'The folder of a command that was cancelled could not be removed; it ends with the job.',
    () => removeExecFolderInState(host),
  );
  await attempt(
    'The profiles that this action wrote could not be removed; look into the shared config files.',
    async () => {
      const files = await removeProfilesInState(host);
      if (files.length > 0) runner.info(`Removed the profiles from ${files.join(' and ')}.`);
    },
  );
  removeLedger(env);

  async function attempt(warning: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      runner.debug(traceOf(error));
      runner.warning(error instanceof ActionError ? `${warning} ${inOneLine(error)}` : warning);
    }
  }
}

function hasDefault(env: Host['env']): boolean {
  try {
    return hasDefaultProfile(env);
  } catch {
    return false; // no file that can be read
  }
}
