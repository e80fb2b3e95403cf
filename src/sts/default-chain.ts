import { defaultProvider } from '@aws-sdk/credential-provider-node';
import type { Credentials } from '../aws/credentials.ts';
import type { Environment } from '../platform/environment.ts';
import { nameOfError } from '../platform/trace.ts';

/** Messages of the chain that only name the places of its search. Others quote a program or an endpoint. */
const PLAIN =
  /^(?:Could not load credentials from any providers|Could not resolve credentials using profile: \[[^\]\n]*\] in configuration\/credentials file\(s\)\.|Profile [\w.-]+ (?:credential_process returned invalid (?:credentials|JSON)|could not be found or parsed in shared credentials file)\.)$/;

/**
 * The first credentials that the SDK's default chain finds: shared files, process, token file, container, instance.
 *
 * @param variables to set in this process, where the chain reads them; empty ones are removed
 */
export async function credentialsFromDefaultChain(
  region: string,
  variables: Environment,
): Promise<Credentials | { readonly reason: string }> {
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
    const message = error instanceof Error ? error.message : '';
    return { reason: nameOfError(error) + (PLAIN.test(message) ? `: ${message}` : '') };
  }
}
