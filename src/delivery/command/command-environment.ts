import {
  CREDENTIAL_VARIABLES,
  clearedFor,
  credentialVariables,
  REGION_VARIABLES,
  regionVariables,
  type Variables,
} from '../../aws/client-variables.ts';
import type { Environment } from '../../platform/environment.ts';
import type { Refreshing } from '../../refresh/start-refreshing.ts';
import type { Authenticated } from '../../session/delivered-sessions.ts';

export interface ProfileFiles {
  readonly config: string;
  readonly credentials: string;
}

export interface CommandCredentials extends Pick<Authenticated, 'config' | 'sessions'> {
  readonly refreshing: Pick<Refreshing, 'variables'> | undefined;
  readonly files: ProfileFiles | undefined;
}

/** Variables of the job that lead clients to other credentials. */
const HIDDEN: readonly string[] = [
  'AWS_PROFILE',
  'AWS_DEFAULT_PROFILE',
  'AWS_CONTAINER_CREDENTIALS_FULL_URI',
  'AWS_WEB_IDENTITY_TOKEN_FILE',
  'AWS_ROLE_ARN',
];

/** Variables of the job that clients read before the settings of a profile. */
const HIDDEN_WITH_PROFILES: readonly string[] = [...HIDDEN, ...CREDENTIAL_VARIABLES, ...REGION_VARIABLES];

/**
 * The environment of a command: that of the job, without the inputs of this step, and with the credentials.
 *
 * @param env the environment of this step
 */
export function commandEnvironment(
  { config, sessions, refreshing, files }: CommandCredentials,
  env: Environment,
): Readonly<Record<string, string>> {
  const hidden = config.profiles === undefined ? HIDDEN : HIDDEN_WITH_PROFILES;
  const kept = Object.entries(env).flatMap(([name, value]): [string, string][] =>
    value === undefined || hidden.includes(name) || name.startsWith('INPUT_') ? [] : [[name, value]],
  );
  const job = Object.fromEntries(kept);
  const current = sessions.find(({ isDefault }) => isDefault);
  // Several profiles have a region each. Variables would override them, so the default session is a profile as well.
  const isOneOfSeveral = config.profiles !== undefined && sessions.length > 1;
  let credentials: Variables = {};
  if (current !== undefined && refreshing === undefined && !isOneOfSeveral) {
    credentials = credentialVariables(current.session);
  } else if (current !== undefined) {
    const { profile } = current;
    const named = isOneOfSeveral && profile !== undefined ? { AWS_PROFILE: profile.name } : {};
    credentials = { ...clearedFor(job), ...refreshing?.variables, ...named };
  }
  return {
    ...job,
    ...(files !== undefined && {
      AWS_CONFIG_FILE: files.config,
      AWS_SHARED_CREDENTIALS_FILE: files.credentials,
    }),
    ...credentials,
    ...(!isOneOfSeveral && regionVariables(current?.region ?? config.region)),
  };
}
