import { ActionError, asActionError } from '../errors.ts';

/**
 * The signals that the runner sends to a step of a cancelled job: the first one, and the second one 7.5 s later. On Windows,
 * they are Ctrl+C and Ctrl+Break.
 */
const SIGNALS: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGBREAK'];

/**
 * Aborts when the runner cancels the job, or when an error escapes every handler.
 *
 * @returns a signal whose reason is the {@link ActionError} to report
 */
export function abortOnCancellation(): AbortSignal {
  const controller = abortOnDefect();
  for (const signal of SIGNALS) {
    process.on(signal, () => {
      // After a second signal no time is left to roll back; the post step does it.
      if (controller.signal.aborted) process.exit(130);
      controller.abort(
        new ActionError('CANCELLED', {
          problem: 'The job was cancelled before this step finished.',
          found: signal,
          expected: 'the step to run to completion',
          remedy: 'Run the job again. Nothing was delivered.',
        }),
      );
    });
  }
  return controller.signal;
}

/** As {@link abortOnCancellation}, for work that takes milliseconds and must not stop half-way: signals are ignored. */
export function ignoreCancellation(): AbortSignal {
  for (const signal of SIGNALS) process.on(signal, () => {});
  return abortOnDefect().signal;
}

/** Node would print an escaped error as it is: unmasked, and with text that the runner may read as a command. */
function abortOnDefect(): AbortController {
  const controller = new AbortController();
  for (const event of ['uncaughtException', 'unhandledRejection'])
    process.on(event, (error: unknown) => controller.abort(asActionError(error)));
  return controller;
}
