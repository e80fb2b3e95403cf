export interface SessionTag {
  readonly key: string;
  readonly value: string;
  /** A tag about the job, which is left out when the tags of a request are too large. */
  readonly optional: boolean;
  /** One of the tags that are left out first, all together. */
  readonly lesser?: boolean;
}

/** Tells whether a key is among `keys`. STS compares tag keys without case (STS API Reference, AssumeRole, Tags). */
export function keyMatcher(keys: readonly string[]): (key: string) => boolean {
  const known = new Set(keys.map((key) => key.toLowerCase()));
  return (key) => known.has(key.toLowerCase());
}
