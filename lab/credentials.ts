import { randomBytes } from 'node:crypto';
import type { PolicyDocument } from './policy.ts';
import type { User } from './world.ts';

/** Whose request it is: an IAM user, or a session given out before. */
export interface Caller {
  readonly kind: 'user' | 'role' | 'session-token' | 'federated';
  readonly accountId: string;
  readonly arn: string;
  readonly userId: string;
  /** The ARNs that a trust policy may name this caller by. */
  readonly principals: readonly string[];
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  /** Milliseconds since 1970. */
  readonly expiresAt?: number;
  readonly permissions?: PolicyDocument;
  readonly sessionPolicy?: PolicyDocument;
  readonly mfa: boolean;
  readonly mfaDevice?: User['mfa'];
  /** Tags that pass on to the sessions that this one asks for, by key in lower case. */
  readonly transitiveTags: ReadonlyMap<string, string>;
  readonly sourceIdentity?: string;
}

/** Credentials as STS gives them. */
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

/** Upper-case letters and the digits 2 to 7. */
export function randomId(length: number): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  return Array.from(randomBytes(length), (byte) => alphabet[byte % 32]).join('');
}
