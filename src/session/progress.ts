import type { Session } from '../aws/session.ts';
import type { Clock } from '../platform/clock.ts';
import type { ActionError } from '../platform/errors.ts';
import type { Log } from '../platform/runner/runner.ts';
import type { Sts } from '../sts/sts.ts';

const INTERVAL_MS = 5_000;

/**
 * Says in the log how far a run has come, every five seconds until `stop` is called. A faster run says nothing.
 *
 * @param total the number of sessions
 */
export function reportProgress(
  total: number,
  sts: Promise<Sts>,
  { clock, runner }: { readonly clock: Clock; readonly runner: Log },
) {
  const startedAt = clock.now();
  const stopped = new AbortController();
  let done = 0;
  let failed = 0;
  const describe = ({ underWay, throttled }: ReturnType<Sts['load']>) => {
    const seconds = Math.round((clock.now() - startedAt) / 1000);
    const failures = failed === 0 ? '' : ` (${failed} failed)`;
    const waiting = Math.max(0, total - done - underWay - throttled);
    return `After ${seconds} s: ${done} of ${total} sessions done${failures}, ${underWay} requested, ${throttled} throttled, ${waiting} waiting.`;
  };
  const tick = async () => {
    const { load } = await sts;
    for (;;) {
      await clock.sleep(INTERVAL_MS, stopped.signal);
      runner.info(describe(load()));
    }
  };
  // Rejects when it is stopped; whoever obtains the sessions gets the failure of `sts`.
  tick().catch(() => {});
  return {
    onOutcome(outcome: Session | ActionError): void {
      done++;
      if (outcome instanceof Error) failed++;
    },
    stop: () => stopped.abort(),
  };
}
