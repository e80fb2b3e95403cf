import { endRefreshingInState } from './delivery/end-refreshing.ts';
import { removeLedger } from './delivery/ledger.ts';
import { removeProfilesInState } from './delivery/profiles.ts';
import { restoreVariables } from './delivery/variables.ts';
import type { Host } from './host.ts';

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
      const names = restoreVariables(runner, env);
      if (names.length > 0) runner.info(`Restored ${names.join(', ')} to what this step found.`);
    },
  );
  await attempt('What refreshes the sessions could not be ended; it ends with the job.', () =>
    endRefreshingInState(host),
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
      runner.debug(error instanceof Error ? (error.stack ?? error.message) : String(error));
      runner.warning(warning);
    }
  }
}
