import { CREDENTIAL_VARIABLES, credentialsInVariables, isOfAws } from '../aws/client-variables.ts';
import type { Credentials } from '../aws/credentials.ts';
import type { Environment } from '../platform/environment.ts';
import { ActionError } from '../platform/errors.ts';
import type { CredentialsIdentity } from './identity.ts';

/** What the SDK's default chain finds, or why it finds nothing. */
export type DefaultChain = (
  region: string,
  variables: Environment,
) => Promise<Credentials | { readonly reason: string }>;

export interface AmbientOptions {
  readonly region: string;
  readonly env: Environment;
  /** Leave the keys in environment variables out of the search. */
  readonly ignoreVariables: boolean;
  readonly defaultChain: DefaultChain;
  readonly mask: (secret: string) => void;
  /** The error to throw when there are no credentials, if the general one would mislead. */
  readonly missing: () => Promise<ActionError | undefined>;
}

/** What the environment has: variables, shared files, a container's or an instance's role. */
export function ambientIdentity(options: AmbientOptions): CredentialsIdentity {
  let found: Promise<Credentials> | undefined;
  return {
    kind: 'credentials',
    credentials: () => {
      found ??= find(options);
      return found;
    },
  };
}

async function find({
  region,
  env,
  ignoreVariables,
  defaultChain,
  mask,
  missing,
}: AmbientOptions): Promise<Credentials> {
  const search =
    (ignoreVariables ? undefined : credentialsInVariables(env)) ??
    (await defaultChain(region, variablesFor(env, ignoreVariables)));
  if ('reason' in search) throw (await missing()) ?? notFound(search.reason);
  mask(search.secretAccessKey);
  if (search.sessionToken !== undefined) mask(search.sessionToken);
  return search;
}

/**
 * Where the chain looks, as `env` says and not as this process's own environment; without the keys when they are to be
 * ignored.
 */
function variablesFor(env: Environment, withoutKeys: boolean): Environment {
  const others = [...Object.keys(process.env), ...Object.keys(env)].filter(isOfAws);
  const keys = CREDENTIAL_VARIABLES.map((name) => [name, withoutKeys ? undefined : env[name]]);
  return Object.fromEntries([...others.map((name) => [name, env[name]]), ...keys]);
}

function notFound(reason: string): ActionError {
  return new ActionError('NO_CREDENTIALS', {
    problem: 'The environment has no AWS credentials to start from.',
    found: reason,
    expected: 'keys in variables or shared files, or the role of a container or an instance',
    remedy:
      'Give the job "permissions: { id-token: write }" and role-to-assume, pass aws-access-key-id and aws-secret-access-key, or run this step after one that exports credentials.',
  });
}
