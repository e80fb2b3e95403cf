const SECOND = 1000;

/** Requests per second that each answered request adds to the rate. */
const GROWTH = 1;
/** The slowest rate, in requests per second. */
const MIN_RATE = 0.2;
/** The rate before the first cut of a run with fewer requests than this in its last second. */
const MIN_FIRST_RATE = 4;

/**
 * How fast requests to STS follow one another. STS limits the requests of a whole account and region, which other jobs
 * share, so a job cannot know its limit. Requests go out at once until STS throttles one. From then on they keep a rate,
 * which a throttled request halves and each answered one raises by a constant (additive increase, multiplicative
 * decrease: the rates of jobs that share a limit become equal).
 *
 * All times are milliseconds of one clock. `random` is a number from 0 up to 1: jobs that STS throttled together must not
 * go on together.
 */
export class Pace {
  #rate = Number.POSITIVE_INFINITY;
  #next = Number.NEGATIVE_INFINITY;
  #cutAt = Number.NEGATIVE_INFINITY;
  /** When requests were sent, until the first cut. */
  readonly #sent: number[] = [];

  /** Requests per second; infinite until STS throttles. */
  get rate(): number {
    return this.#rate;
  }

  /** Milliseconds until the next request may be sent; never more than one interval, even if the clock is set back. */
  waitMs(now: number): number {
    return Math.max(0, Math.min(this.#next - now, this.#interval(1)));
  }

  /** Notes that a request is being sent. */
  sent(now: number, random: number): void {
    if (this.#rate === Number.POSITIVE_INFINITY) this.#sent.push(now);
    else this.#next = now + this.#interval(random);
  }

  /** Notes that STS processed a request, whatever the result. */
  answered(): void {
    this.#rate += GROWTH;
  }

  /** Notes that STS throttled a request. One that was sent before the last cut says nothing new. */
  throttled(sentAt: number, now: number, random: number): void {
    if (sentAt < this.#cutAt) return;
    const rate = this.#rate === Number.POSITIVE_INFINITY ? this.#rateOfLastSecond(now) : this.#rate;
    this.#rate = Math.max(MIN_RATE, rate / 2);
    this.#cutAt = now;
    this.#next = now + this.#interval(random);
  }

  #rateOfLastSecond(now: number): number {
    return Math.max(MIN_FIRST_RATE, this.#sent.filter((at) => at > now - SECOND).length);
  }

  /** From half of the mean interval to one and a half. */
  #interval(random: number): number {
    return (SECOND / this.#rate) * (0.5 + random);
  }
}
