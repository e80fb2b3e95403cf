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
   * When STS answered, by its clock (the header `Date`, in whole seconds), and when the request was sent, by the runner's:
   * milliseconds since 1970. A machine can sleep before it reads the answer. Undefined when the answer has no such header.
   */
  readonly answered?: { readonly sts: number; readonly here: number } | undefined;
}

/** AWS credentials. Everything but `accessKeyId` and `expiration` is secret. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Undefined for the long-lived keys of an IAM user. */
  readonly sessionToken: string | undefined;
  /** Undefined when the credentials do not expire, or the expiration is unknown. */
  readonly expiration: Date | undefined;
}

/** The MFA device that proves the second factor of a request. */
export interface MfaDevice {
  /** The ARN of a virtual device, or the serial number of a hardware device. */
  readonly serial: string;
  readonly code:
    | { readonly kind: 'code'; readonly code: string }
    | { readonly kind: 'totp'; readonly secret: string };
}

/** Session policies: they limit a session to what both they and the role's policies allow. */
export interface SessionPolicies {
  /** JSON without white space. */
  readonly inlinePolicy: string | undefined;
  readonly policyArns: readonly string[];
}
