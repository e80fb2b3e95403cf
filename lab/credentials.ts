import { randomBytes } from 'node:crypto';
import type { PolicyDocument } from './policy.ts';
import type { User } from './world.ts';

/** Who makes a request: an IAM user, or the session that the lab issued. */
export interface Caller {
  readonly kind: 'user' | 'role' | 'session-token' | 'federated';
  readonly accountId: string;
  readonly arn: string;
  readonly userId: string;
  /** The ARNs by which a trust policy can name this caller. */
  readonly principals: readonly string[];
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  /** Milliseconds since 1970. */
  readonly expiresAt?: number;
  readonly permissions?: PolicyDocument;
  readonly sessionPolicy?: PolicyDocument;
  readonly mfa: boolean;
  readonly mfaDevice?: User['mfa'];
  /** Session tags that pass to chained sessions, by key in lower case. */
  readonly transitiveTags: ReadonlyMap<string, string>;
  readonly sourceIdentity?: string;
}

/** Credentials as STS issues them. */
export interface IssuedCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

export function newCredentials(expiresAt: number): IssuedCredentials {
  return {
    accessKeyId: `ASIA${randomId(16)}`,
    secretAccessKey: randomBytes(30).toString('base64'),
    sessionToken: `IQoJb3JpZ2luX2Vj${randomBytes(240).toString('base64')}`,
    expiresAt,
  };
}

/** A random string of upper-case letters and the digits 2 to 7. */
export function randomId(length: number): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  return Array.from(randomBytes(length), (byte) => alphabet[byte % 32]).join('');
}
