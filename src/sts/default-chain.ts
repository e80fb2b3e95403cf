import { defaultProvider } from '@aws-sdk/credential-provider-node';
import type { Credentials } from '../session/session.ts';

/** Why the chain found nothing. */
export interface NothingFound {
  readonly reason: string;
}

/**
 * The first credentials that the SDK's default chain finds: shared files, process, token file, container, instance.
 *
 * @param hidden variables that the chain shall not see; it reads the process's own, so they are taken out there
 */
export async function credentialsFromDefaultChain(
  region: string,
  hidden: readonly string[],
): Promise<Credentials | NothingFound> {
  for (const name of hidden) delete process.env[name];
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
