/** AWS credentials. Everything but `accessKeyId` and `expiration` is secret. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Undefined for the long-lived keys of an IAM user. */
  readonly sessionToken: string | undefined;
  /** Undefined when the credentials do not expire, or the expiration is unknown. */
  readonly expiration: Date | undefined;
}
