import type { Environment } from '../platform/environment.ts';
import type { Credentials } from './credentials.ts';
import type { Session } from './session.ts';

/** The variables that hold credentials. SDKs read them before any other source. */
export const CREDENTIAL_VARIABLES = [
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
] as const;

/** The variables that point SDKs to another source of credentials. A step with `refresh` sets or clears them. */
export const PLACE_VARIABLES = [
  'AWS_PROFILE',
  'AWS_CONTAINER_CREDENTIALS_FULL_URI',
  'AWS_CONTAINER_AUTHORIZATION_TOKEN',
  'AWS_WEB_IDENTITY_TOKEN_FILE',
] as const;

/** The credentials in `env`. They take precedence over `AWS_PROFILE`, as in the AWS CLI; the JavaScript SDK reverses the order. */
export function credentialsInVariables(env: Environment): Credentials | undefined {
  const {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: token,
  } = env;
  if (!accessKeyId || !secretAccessKey) return undefined;
  return { accessKeyId, secretAccessKey, sessionToken: token || undefined, expiration: undefined };
}

/** Environment variables for later steps: values by name. */
export type Variables = Readonly<Record<string, string>>;

export const PROFILE_VARIABLES = ['AWS_PROFILE', 'AWS_DEFAULT_PROFILE'];

export const REGION_VARIABLES = ['AWS_REGION', 'AWS_DEFAULT_REGION'];

/** Clears the credentials that an earlier step or the runner exported. */
export const CLEARED: Variables = Object.fromEntries(CREDENTIAL_VARIABLES.map((name) => [name, '']));

export function credentialVariables({ credentials }: Session): Variables {
  return {
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    // Long-lived keys have no session token, and the token of other credentials must not remain with them.
    AWS_SESSION_TOKEN: credentials.sessionToken ?? '',
  };
}

export function regionVariables(region: string): Variables {
  return Object.fromEntries(REGION_VARIABLES.map((name) => [name, region]));
}

/** Selects a profile. boto3 reads `AWS_DEFAULT_PROFILE` first, so it changes too where it is set. */
export function profileVariables(name: string, env: Environment): Variables {
  return { AWS_PROFILE: name, ...(env.AWS_DEFAULT_PROFILE && { AWS_DEFAULT_PROFILE: name }) };
}

/** Clears the variables in `env` that take precedence over a profile or a credentials endpoint in every SDK. */
export function clearedFor(env: Environment): Variables {
  const preceding = [...CREDENTIAL_VARIABLES, 'AWS_WEB_IDENTITY_TOKEN_FILE'].filter((name) => env[name]);
  return Object.fromEntries(preceding.map((name) => [name, '']));
}
