import type { Clock } from '../platform/clock.ts';
import type { Log } from '../platform/runner/runner.ts';

/** STS rejects signatures that are five minutes off. A much smaller difference is not the cause. */
const MIN_SKEW_MS = 4 * 60_000;

/** The clock of STS: the runner's clock, corrected once STS rejects the time of a request. */
export class ServerClock {
  readonly #clock: Clock;
  readonly #log: Log;
  /** Milliseconds to add to the runner's clock. */
  offsetMs = 0;

  constructor(clock: Clock, log: Log) {
    this.#clock = clock;
    this.#log = log;
  }

  now(): number {
    return this.#clock.now() + this.offsetMs;
  }

  /**
   * Takes the time from the response that rejected a request, once.
   *
   * @param date the `Date` header of the response
   * @param signedWithMs the offset of the rejected signature
   * @returns whether to send the request again
   */
  correct(date: string | undefined, signedWithMs: number): boolean {
    // A concurrent request has corrected the clock meanwhile.
    if (signedWithMs !== this.offsetMs) return true;
    const offsetMs = Date.parse(date ?? '') - this.#clock.now();
    if (this.offsetMs !== 0 || !(Math.abs(offsetMs) >= MIN_SKEW_MS)) return false;
    this.offsetMs = offsetMs;
    const minutes = Math.round(Math.abs(offsetMs) / 60_000);
    this.#log.warning(
      `The runner's clock is ${minutes} minutes ${offsetMs > 0 ? 'behind' : 'ahead of'} that of STS. The action signs its requests with the time of STS. Other tools sign with the runner's clock, so correct it (NTP).`,
    );
    return true;
  }
}
