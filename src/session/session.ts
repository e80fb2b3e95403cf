/** The keys of a session; all of it but `accessKeyId` is secret. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

/** Temporary credentials from one STS call, and what STS said about them. */
export interface Session {
  readonly credentials: Credentials;
  readonly expiration: Date;
  /** The assumed role's session: `arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION`. */
  readonly arn: string;
  readonly accountId: string;
  /** `AROA…:SESSION` */
  readonly assumedRoleId: string;
  readonly requestId: string;
  /** Percent of what session policies and tags may take together. */
  readonly packedPolicyPercent: number | undefined;
}
