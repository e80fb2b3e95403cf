import type { Credentials } from './credentials.ts';

/** Credentials, and what STS says about whose they are. */
export interface Session {
  readonly credentials: Credentials;
  /** Of a role: `arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION`. */
  readonly arn: string;
  readonly accountId: string;
  /** `AROA…:SESSION` for a role; the unique id of whom else they belong to. */
  readonly userId: string;
  readonly requestId: string;
  /**
   * When STS answered, by its clock (the header `Date`, in whole seconds) and by ours: milliseconds since 1970. Undefined
   * where there was no such header.
   */
  readonly answered?: { readonly sts: number; readonly here: number } | undefined;
  /** Percent of what session policies and tags may take together. */
  readonly packedPolicyPercent: number | undefined;
}
