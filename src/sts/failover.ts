import type { StsEndpoint } from '../aws/endpoints.ts';
import type { Log } from '../platform/runner/runner.ts';

/** Consecutive failures after which the next endpoint replaces an endpoint for the rest of the run. */
const FAILURES_TO_SWITCH = 2;

/** Chooses the endpoint for each request. The last endpoint stays, even when it cannot be reached. */
export class Failover {
  readonly #endpoints: readonly [StsEndpoint, ...StsEndpoint[]];
  readonly #log: Log;
  #at = 0;
  #failures = 0;

  constructor(endpoints: readonly [StsEndpoint, ...StsEndpoint[]], log: Log) {
    this.#endpoints = endpoints;
    this.#log = log;
  }

  current(): StsEndpoint {
    return this.#endpoints[this.#at] ?? this.#endpoints[0];
  }

  /** Call after any answer of STS, including an error. */
  reached(endpoint: StsEndpoint): void {
    if (endpoint === this.current()) this.#failures = 0;
  }

  unreachable(endpoint: StsEndpoint): void {
    const next = this.#endpoints[this.#at + 1];
    // Concurrent requests fail together: the late ones are about an endpoint that is no longer in use.
    if (endpoint !== this.current() || ++this.#failures < FAILURES_TO_SWITCH || next === undefined) return;
    this.#log.warning(
      `STS in ${endpoint.region} could not be reached ${FAILURES_TO_SWITCH} times in a row; switching to the fallback region ${next.region} (sts-fallback-regions).`,
    );
    this.#at++;
    this.#failures = 0;
  }
}
