/** AWS credentials. Everything but `accessKeyId` and `expiration` is secret. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Undefined for the long-lived keys of an IAM user. */
  readonly sessionToken: string | undefined;
  /** Undefined when they do not end, or nobody knows when. */
  readonly expiration: Date | undefined;
}
