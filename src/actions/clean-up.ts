import { removeCommandFolderInState } from '../delivery/command/command-folder.ts';
import { removeProfilesInState } from '../delivery/delivered-profiles.ts';
import { restoreVariables } from '../delivery/environment-after-step.ts';
import { removeLedger } from '../delivery/ledger.ts';
import { ActionError, inOneLine } from '../platform/errors.ts';
import type { Host } from '../platform/host/host.ts';
import { traceOf } from '../platform/trace.ts';
import { stopRefreshingInState } from '../refresh/stop-refreshing.ts';
import { hasDefaultProfile } from '../shared-config/profiles.ts';

/** The post step: restores the runner to what the step found. A failure is a warning, as the job has done its work. */
export async function cleanUp(host: Host): Promise<void> {
  const { runner, env } = host;
  if (env.AWS_SKIP_CLEANUP_STEP === 'true') {
    runner.info('AWS_SKIP_CLEANUP_STEP is true: everything that this action delivered stays.');
    return;
  }
  await attempt('The variables that this action exported could not be restored.', async () => {
    const names = restoreVariables(runner, env, hasDefault(env));
    if (names.length > 0) runner.info(`Restored ${names.join(', ')} to the values before this step.`);
  });
  await attempt('The refresh of the sessions could not be stopped; it stops with the job.', () =>
    stopRefreshingInState(host),
  );
  await attempt('The folder of a cancelled command could not be removed.', () =>
    removeCommandFolderInState(host),
  );
  await attempt(
    'The profiles that this action wrote could not be removed; remove them from the shared config files.',
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
    return false; // the files cannot be read
  }
}
