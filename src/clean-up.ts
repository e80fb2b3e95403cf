import { restoreVariables } from './delivery/variables.ts';
import type { Host } from './host.ts';

/** The post step: the runner as this invocation found it. A failure here warns, since the job's work is done. */
export function cleanUp({ runner, env }: Host): void {
  if (env.AWS_SKIP_CLEANUP_STEP === 'true') {
    runner.info('AWS_SKIP_CLEANUP_STEP is true: what this action delivered stays.');
    return;
  }
  try {
    const names = restoreVariables(runner);
    if (names.length > 0) runner.info(`Restored ${names.join(', ')} to what this step found.`);
  } catch (error) {
    runner.debug(error instanceof Error ? (error.stack ?? error.message) : String(error));
    runner.warning('The variables that this action exported could not be restored; they end with the job.');
  }
}
