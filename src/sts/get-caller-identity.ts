import {
  GetCallerIdentityCommand,
  type GetCallerIdentityCommandOutput,
  type STSClient,
} from '@aws-sdk/client-sts';
import type { SendOptions } from './operation.ts';

/** STS API Reference, GetCallerIdentity. Needs no permission. */
export function getCallerIdentity(
  client: STSClient,
  options: Pick<SendOptions, 'http'>,
): Promise<GetCallerIdentityCommandOutput> {
  return client.send(new GetCallerIdentityCommand({}), options.http);
}
