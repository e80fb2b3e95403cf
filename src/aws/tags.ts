export interface SessionTag {
  readonly key: string;
  readonly value: string;
  /** One of ours, which may be left out for lack of room. */
  readonly optional: boolean;
  /** One of those that are left out before any other, and together. */
  readonly lesser?: boolean;
}
