import type { Clock } from '../platform/clock.ts';
import type { Log } from '../platform/runner/runner.ts';

/** STS refuses signatures that are five minutes off; what is well below that has another cause. */
const MIN_SKEW_MS = 4 * 60_000;

/** The time as STS has it: the runner's clock, put right once STS refuses a request for its time. */
export class ServerClock {
  readonly #clock: Clock;
  readonly #log: Log;
  #offsetMs = 0;

  constructor(clock: Clock, log: Log) {
    this.#clock = clock;
    this.#log = log;
  }

  /** Milliseconds to add to the runner's clock. */
  get offsetMs(): number {
    return this.#offsetMs;
  }

  /** Milliseconds since 1970. */
  now(): number {
    return this.#clock.now() + this.#offsetMs;
  }

  /**
   * Takes the time from the answer that refused a request, once.
   *
   * @param date the answer's `Date` header
   * @param signedWithMs the offset that the refused request was signed with
   * @returns whether the request is worth sending again
   */
  correct(date: string | undefined, signedWithMs: number): boolean {
    // Requests in parallel are refused together; the first has done it for the others.
    if (signedWithMs !== this.#offsetMs) return true;
    const offsetMs = Date.parse(date ?? '') - this.#clock.now();
    if (this.#offsetMs !== 0 || !(Math.abs(offsetMs) >= MIN_SKEW_MS)) return false;
    this.#offsetMs = offsetMs;
    const minutes = Math.round(Math.abs(offsetMs) / 60_000);
    this.#log.warning(
      `The runner's clock is ${minutes} minutes ${offsetMs > 0 ? 'behind' : 'ahead of'} that of STS. Requests are signed with the time of STS's answer; other tools sign with the clock, so correct it (NTP).`,
    );
    return true;
  }
}
