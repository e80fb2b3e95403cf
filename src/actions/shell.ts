import { ActionError } from '../platform/errors.ts';
import type { Host } from '../platform/host/host.ts';
import { reportFailure } from '../platform/runner/report.ts';

/**
 * Runs an action. Every failure ends here, and is reported once: what the action throws, and what escapes it in a
 * callback, even after it has finished.
 *
 * @param action rejects to fail the step
 * @param report tells readers of the log, with a link to the documentation; by default the step fails
 */
export async function runAction(
  host: Host,
  action: (host: Host) => Promise<void>,
  report: typeof reportFailure = reportFailure,
): Promise<void> {
  const { cancellation } = host;
  let isReported = false;
  const reportOnce = (error: unknown) => {
    if (!isReported) report(error, host);
    isReported = true;
  };
  cancellation.addEventListener('abort', () => {
    const { reason } = cancellation;
    if (reason instanceof ActionError && reason.code === 'INTERNAL') reportOnce(reason);
  });
  try {
    await action(host);
  } catch (error) {
    reportOnce(error);
  }
}
