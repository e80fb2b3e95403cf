import type { Environment } from '../platform/environment.ts';
import type { Credentials } from './credentials.ts';
import type { Session } from './session.ts';

/** The variables with credentials that outrank every other place the SDKs look at. */
export const CREDENTIAL_VARIABLES = [
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
] as const;

/** Variables that lead the chain to other places, and that a session which refreshes itself sets or clears. */
export const PLACE_VARIABLES = [
  'AWS_PROFILE',
  'AWS_CONTAINER_CREDENTIALS_FULL_URI',
  'AWS_CONTAINER_AUTHORIZATION_TOKEN',
  'AWS_WEB_IDENTITY_TOKEN_FILE',
] as const;

/** Whether a variable is one by which AWS SDKs are told where to look and whom to ask. */
export function isOfAws(name: string): boolean {
  return name.startsWith('AWS_');
}

/** An earlier step's credentials. They go before `AWS_PROFILE`, as in the AWS CLI; the JavaScript SDK would reverse it. */
export function credentialsInVariables(env: Environment): Credentials | undefined {
  const {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: token,
  } = env;
  if (!accessKeyId || !secretAccessKey) return undefined;
  return { accessKeyId, secretAccessKey, sessionToken: token || undefined, expiration: undefined };
}

/** Variables by name, with the values that later steps get. */
export type Variables = Readonly<Record<string, string>>;

export const PROFILE_VARIABLES = ['AWS_PROFILE', 'AWS_DEFAULT_PROFILE'];

export const REGION_VARIABLES = ['AWS_REGION', 'AWS_DEFAULT_REGION'];

/** Variables by name that empty the keys that an earlier step or the runner left. */
export const CLEARED: Variables = Object.fromEntries(CREDENTIAL_VARIABLES.map((name) => [name, '']));

export function credentialVariables({ credentials }: Session): Variables {
  return {
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    // Long-lived keys have none; one of somebody else must not stay beside them.
    AWS_SESSION_TOKEN: credentials.sessionToken ?? '',
  };
}

export function regionVariables(region: string): Variables {
  return Object.fromEntries(REGION_VARIABLES.map((name) => [name, region]));
}

/** Variables by name that lead clients to a profile. boto3 takes `AWS_DEFAULT_PROFILE` first, where it is set. */
export function profileVariables(name: string, env: Environment): Variables {
  return { AWS_PROFILE: name, ...(env.AWS_DEFAULT_PROFILE && { AWS_DEFAULT_PROFILE: name }) };
}

/** Empties what `env` has that every SDK takes before a profile or an endpoint. */
export function clearedFor(env: Environment): Variables {
  const inTheWay = [...CREDENTIAL_VARIABLES, 'AWS_WEB_IDENTITY_TOKEN_FILE'].filter((name) => env[name]);
  return Object.fromEntries(inTheWay.map((name) => [name, '']));
}
