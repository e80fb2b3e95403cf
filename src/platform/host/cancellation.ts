import { ActionError } from '../errors.ts';

/** What the runner sends to a step of a cancelled job: the first, and 7.5 s later the second. */
const SIGNALS: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

const cancelled = new AbortController();

/**
 * Aborts once the runner cancels the job; its reason is the {@link ActionError} to throw. Each entry imports this module
 * first, so that no moment is without a handler in which files exist that nobody would remove.
 */
export const cancellation: AbortSignal = cancelled.signal;

for (const signal of SIGNALS) {
  process.on(signal, () => {
    // Asked twice, there is no time left to take anything back; the post step does.
    if (cancelled.signal.aborted) process.exit(130);
    cancelled.abort(
      new ActionError('CANCELLED', {
        problem: 'The job was cancelled before this step was done.',
        found: signal,
        expected: 'to run to the end',
        remedy: 'Run the job again. Nothing was delivered.',
      }),
    );
  });
}
