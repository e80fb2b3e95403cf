import { type Caller, type IssuedCredentials, newCredentials } from './credentials.ts';
import type { Issuer } from './issuer.ts';
import type { World } from './world.ts';

/** What the operations of the lab's STS share. */
export interface StsState {
  readonly world: World;
  readonly issuer: Issuer;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Seconds until each session expires, regardless of the requested duration. */
  readonly sessionSeconds: number | undefined;
  /** Stores the caller for issued credentials. */
  readonly remember: (accessKeyId: string, caller: Caller) => void;
}

/** The members of a result, by name. */
export type Result = Readonly<Record<string, unknown>>;

export function partitionOf({ world }: StsState): string {
  return world.partition ?? 'aws';
}

export function issueCredentials(state: StsState, seconds: number): IssuedCredentials {
  return newCredentials(state.now() + (state.sessionSeconds ?? seconds) * 1000);
}

/** The fields of a caller that come from its credentials. */
export function callerSecrets({ secretAccessKey, sessionToken, expiresAt }: IssuedCredentials) {
  return { secretAccessKey, sessionToken, expiresAt };
}

/** The member `Credentials` of a result. */
export function credentialsResult({
  accessKeyId,
  secretAccessKey,
  sessionToken,
  expiresAt,
}: IssuedCredentials) {
  return {
    AccessKeyId: accessKeyId,
    SecretAccessKey: secretAccessKey,
    SessionToken: sessionToken,
    Expiration: new Date(expiresAt).toISOString().replace(/\.\d+Z$/, 'Z'),
  };
}
