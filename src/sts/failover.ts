import type { StsEndpoint } from '../aws/endpoints.ts';
import type { Log } from '../platform/runner/runner.ts';

/** Unreachable this often in a row, an endpoint is given up for the rest of the run. */
const FAILURES_TO_OPEN = 2;

/**
 * Chooses the endpoint for each request: the first, until it cannot be reached twice in a row; then the next. The
 * last one is kept whatever happens.
 */
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

  /** Any answer of STS, a refusal included. */
  reached(endpoint: StsEndpoint): void {
    if (endpoint === this.current()) this.#failures = 0;
  }

  unreachable(endpoint: StsEndpoint): void {
    const next = this.#endpoints[this.#at + 1];
    // Requests in parallel fail together; those of an endpoint given up already say nothing about this one.
    if (endpoint !== this.current() || ++this.#failures < FAILURES_TO_OPEN || next === undefined) return;
    this.#log.warning(
      `STS in ${endpoint.region} could not be reached ${FAILURES_TO_OPEN} times in a row; ${next.region} is asked instead (sts-fallback-regions).`,
    );
    this.#at++;
    this.#failures = 0;
  }
}
