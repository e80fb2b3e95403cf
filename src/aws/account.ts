/** An account of an organization. */
export interface Account {
  /** 12 digits. */
  readonly id: string;
  /** As its owner wrote it: any printable characters, and not unique. */
  readonly name: string;
  /** `ACTIVE`, or why nothing can assume roles in it (Organizations API Reference, "Account", `State`). */
  readonly state: string;
}
