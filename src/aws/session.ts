import type { Credentials } from './credentials.ts';

/** Credentials, and the identity that STS reports for them. */
export interface Session {
  readonly credentials: Credentials;
  /** For a role: `arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION`. */
  readonly arn: string;
  readonly accountId: string;
  /** `AROA…:SESSION` for a role, otherwise the unique ID of the user or account. */
  readonly userId: string;
  readonly requestId: string;
  /**
   * When STS answered, by its clock (the header `Date`, in whole seconds) and by the runner's: milliseconds since 1970.
   * Undefined when the answer has no such header.
   */
  readonly answered?: { readonly sts: number; readonly here: number } | undefined;
}
