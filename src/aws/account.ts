/** An account of an organization. */
export interface Account {
  /** 12 digits. */
  readonly id: string;
  /** As its owner wrote it: any printable characters, and not unique. */
  readonly name: string;
  /** `ACTIVE`, or why nothing can assume roles in it (Organizations API Reference, "Account", `State`). */
  readonly state: string;
  /** The organizational unit that has the account, for people; undefined if the accounts were not listed by unit. */
  readonly unit?: string;
}

/** An organizational unit. */
export interface Unit {
  /** `ou-…` */
  readonly id: string;
  /** Empty if it is not known. */
  readonly name: string;
}
