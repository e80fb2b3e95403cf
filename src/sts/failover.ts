import type { StsEndpoint } from '../aws/endpoints.ts';
import type { Log } from '../platform/runner/runner.ts';

/** Consecutive failures after which the next endpoint replaces an endpoint for the rest of the run. */
const FAILURES_TO_SWITCH = 2;

export type Failover = ReturnType<typeof createFailover>;

/** Chooses the endpoint for each request. The last endpoint stays, even when it cannot be reached. */
export function createFailover(endpoints: readonly [StsEndpoint, ...StsEndpoint[]], log: Log) {
  let at = 0;
  let failures = 0;
  const current = () => endpoints[at] ?? endpoints[0];
  return {
    current,
    /** Call after any answer of STS, including an error. */
    reached(endpoint: StsEndpoint): void {
      if (endpoint === current()) failures = 0;
    },
    unreachable(endpoint: StsEndpoint): void {
      const next = endpoints[at + 1];
      // Concurrent requests fail together: the late ones are about an endpoint that is no longer in use.
      if (endpoint !== current() || ++failures < FAILURES_TO_SWITCH || next === undefined) return;
      log.warning(
        `STS in ${endpoint.region} could not be reached ${FAILURES_TO_SWITCH} times in a row; switching to the fallback region ${next.region} (sts-fallback-regions).`,
      );
      at++;
      failures = 0;
    },
  };
}
