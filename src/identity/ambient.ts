import { CREDENTIAL_VARIABLES, credentialsInVariables } from '../aws/client-variables.ts';
import type { Credentials } from '../aws/credentials.ts';
import type { Environment } from '../platform/environment.ts';
import { ActionError } from '../platform/errors.ts';
import type { CredentialsIdentity } from './identity.ts';

/** Searches with the SDK's default chain; without credentials, says why it found none. */
export type DefaultChain = (
  region: string,
  variables: Environment,
) => Promise<Credentials | { readonly reason: string }>;

interface AmbientOptions {
  readonly region: string;
  readonly env: Environment;
  readonly ignoreVariables: boolean;
  readonly defaultChain: DefaultChain;
  readonly mask: (secret: string) => void;
  /** The error to throw when there are no credentials, in place of `NO_CREDENTIALS`. */
  readonly missing: () => Promise<ActionError | undefined>;
}

/** The credentials of the environment: variables, shared files, or the role of a container or an instance. */
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

async function find(options: AmbientOptions): Promise<Credentials> {
  const { region, env, ignoreVariables, mask } = options;
  const found =
    (ignoreVariables ? undefined : credentialsInVariables(env)) ??
    (await options.defaultChain(region, chainVariables(env, ignoreVariables)));
  if ('reason' in found) throw (await options.missing()) ?? notFound(found.reason);
  mask(found.secretAccessKey);
  if (found.sessionToken !== undefined) mask(found.sessionToken);
  return found;
}

/** All AWS variables for the chain, as in `env`; those that only this process has are undefined. */
function chainVariables(env: Environment, withoutKeys: boolean): Environment {
  const others = [...Object.keys(process.env), ...Object.keys(env)].filter((name) => name.startsWith('AWS_'));
  const keys = CREDENTIAL_VARIABLES.map((name) => [name, withoutKeys ? undefined : env[name]]);
  return Object.fromEntries([...others.map((name) => [name, env[name]]), ...keys]);
}

function notFound(reason: string): ActionError {
  return new ActionError('NO_CREDENTIALS', {
    problem: 'The environment has no AWS credentials.',
    found: reason,
    expected: 'keys in variables or shared files, or the role of a container or an instance',
    remedy:
      'Give the job "permissions: { id-token: write }" and set role-to-assume, set aws-access-key-id and aws-secret-access-key, or run this step after a step that exports credentials.',
  });
}
