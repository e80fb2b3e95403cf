import type { Environment } from '../runner/runner.ts';
import type { Credentials } from '../session/session.ts';

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
