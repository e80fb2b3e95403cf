import type { Clock } from '../platform/clock.ts';
import type { Deadline } from '../platform/deadline.ts';
import type { Log } from '../platform/runner/runner.ts';
import { Pace } from './pace.ts';

/** Requests that have not been answered. */
export interface Load {
  readonly underWay: number;
  /** Requests that STS throttled, and that wait to be sent again. */
  readonly throttled: number;
}

interface Waiting {
  readonly isRetry: boolean;
  readonly start: () => void;
  readonly fail: (error: unknown) => void;
}

interface GateOptions {
  /** The maximum of requests at once. */
  readonly maxParallel: number;
  readonly isThrottled: (error: unknown) => boolean;
  readonly clock: Clock;
  readonly random: () => number;
  readonly deadline: Deadline;
  readonly log: Log;
}

/** Lets requests to STS pass in their order: a limited number at once, and no faster than STS allows. */
export class Gate {
  readonly #options: GateOptions;
  readonly #pace = new Pace();
  readonly #queue: Waiting[] = [];
  #underWay = 0;
  #isPaused = false;
  #lastThrottled: unknown;

  constructor(options: GateOptions) {
    this.#options = options;
  }

  load(): Load {
    return { underWay: this.#underWay, throttled: this.#queue.filter(({ isRetry }) => isRetry).length };
  }

  /**
   * Sends a request when it is its turn.
   *
   * @param isRetry whether STS throttled the request before
   * @throws ActionError `DEADLINE_EXCEEDED`, or what `send` throws
   */
  async pass<T>(send: () => Promise<T>, isRetry: boolean): Promise<T> {
    await new Promise<void>((start, fail) => {
      this.#queue.push({ isRetry, start, fail });
      this.#startNext();
    });
    const { clock, isThrottled } = this.#options;
    const sentAt = clock.now();
    try {
      const result = await send();
      this.#pace.answered();
      return result;
    } catch (error) {
      if (isThrottled(error)) this.#slowDown(error, sentAt);
      else this.#pace.answered();
      throw error;
    } finally {
      this.#underWay--;
      this.#startNext();
    }
  }

  #slowDown(error: unknown, sentAt: number): void {
    const { clock, random, log } = this.#options;
    if (this.#lastThrottled === undefined)
      log.info(
        'STS throttles requests in this account and region. The action sends its requests more slowly.',
      );
    this.#lastThrottled = error;
    this.#pace.throttled(sentAt, clock.now(), random());
    log.debug(`STS throttled a request: at most ${this.#pace.rate.toFixed(1)} requests per second now.`);
  }

  #startNext(): void {
    const { maxParallel, clock, random } = this.#options;
    while (this.#underWay < maxParallel && !this.#isPaused) {
      const now = clock.now();
      const waitMs = this.#pace.waitMs(now);
      if (this.#queue.length > 0 && waitMs > 0) return void this.#pause(waitMs);
      const next = this.#queue.shift();
      if (next === undefined) return;
      this.#pace.sent(now, random());
      this.#underWay++;
      next.start();
    }
  }

  async #pause(milliseconds: number): Promise<void> {
    const { clock, deadline } = this.#options;
    this.#isPaused = true;
    try {
      await clock.sleep(milliseconds, deadline.signal);
    } catch {
      const error = deadline.exceeded(this.#lastThrottled);
      for (const { fail } of this.#queue.splice(0)) fail(error);
    }
    this.#isPaused = false;
    this.#startNext();
  }
}
