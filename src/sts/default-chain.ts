import { defaultProvider } from '@aws-sdk/credential-provider-node';
import type { Environment } from '../runner/runner.ts';
import type { Credentials } from '../session/session.ts';

/** Why the chain found nothing. */
export interface NothingFound {
  readonly reason: string;
}

/**
 * The first credentials that the SDK's default chain finds: shared files, process, token file, container, instance.
 *
 * @param variables to set in the process's own environment, which is where the chain reads them; an empty one is taken
 *   out
 */
export async function credentialsFromDefaultChain(
  region: string,
  variables: Environment,
): Promise<Credentials | NothingFound> {
  for (const [name, value] of Object.entries(variables)) {
    if (value) process.env[name] = value;
    else delete process.env[name];
  }
  try {
    const found = await defaultProvider({ clientConfig: { region } })();
    return {
      accessKeyId: found.accessKeyId,
      secretAccessKey: found.secretAccessKey,
      sessionToken: found.sessionToken,
      expiration: found.expiration,
    };
  } catch (error) {
    // The chain's own words name places it looked at, never values.
    return { reason: error instanceof Error ? `${error.name}: ${error.message}` : 'nothing' };
  }
}
