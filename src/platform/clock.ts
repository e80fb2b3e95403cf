import { setTimeout as wait } from 'node:timers/promises';

/** The time, passed in so that tests do not have to wait. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Resolves after `milliseconds`; rejects with the signal's reason when that aborts first. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

/**
 * A clock for a long-running process. It never goes back: when the time of day is set back, it continues at the pace of
 * the machine's monotonic clock. It follows a jump ahead, since waking from sleep looks the same.
 */
export function steadyClock(): Clock {
  let time = Date.now();
  let at = performance.now();
  return {
    ...systemClock,
    now() {
      const elapsed = performance.now() - at;
      at += elapsed;
      time = Math.max(time + elapsed, Date.now());
      return Math.round(time);
    },
  };
}

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (milliseconds, signal) =>
    wait(milliseconds, undefined, signal && { signal }).catch(() => Promise.reject(signal?.reason)),
};
