import type { Clock } from '../src/platform/clock.ts';

interface Timer {
  readonly at: number;
  readonly wake: () => void;
}

/** A clock that jumps to the next timer as soon as nothing else is left to do. An hour takes as long as its events. */
export class SimulatedClock implements Clock {
  #now = 0;
  #timers: Timer[] = [];

  now(): number {
    return this.#now;
  }

  sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const stop = () => {
        this.#timers = this.#timers.filter((other) => other !== timer);
        reject(signal?.reason);
      };
      const wake = () => {
        signal?.removeEventListener('abort', stop);
        resolve();
      };
      const timer = { at: this.#now + milliseconds, wake };
      signal?.addEventListener('abort', stop);
      this.#timers.push(timer);
    });
  }

  /** Lets time pass until `work` is done. */
  async run<T>(work: Promise<T>): Promise<T> {
    let isDone = false;
    const done = () => {
      isDone = true;
    };
    work.then(done, done);
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve));
      if (isDone) return work;
      const next = Math.min(...this.#timers.map(({ at }) => at));
      this.#now = Math.max(this.#now, next);
      const due = this.#timers.filter(({ at }) => at <= next);
      this.#timers = this.#timers.filter(({ at }) => at > next);
      for (const { wake } of due) wake();
    }
  }
}
