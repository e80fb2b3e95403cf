/** The quota of an account and region: STS rejects requests above it. */
export interface RateLimit {
  readonly perSecond: number;
  /** The number of requests that may come at once. */
  readonly burst: number;
}

/** A token bucket, as AWS describes its throttling. Returns whether the request at `now` (milliseconds) is within the limit. */
export function tokenBucket({ perSecond, burst }: RateLimit): (now: number) => boolean {
  let tokens = burst;
  let last = Number.NaN;
  return (now) => {
    const elapsed = Number.isNaN(last) ? 0 : now - last;
    tokens = Math.min(burst, tokens + (elapsed * perSecond) / 1000);
    last = now;
    if (tokens < 1) return false;
    tokens--;
    return true;
  };
}
