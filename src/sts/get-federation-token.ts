import { GetFederationTokenCommand, type STSClient } from '@aws-sdk/client-sts';
import type { GetFederationTokenRequest } from '../plan/plan.ts';
import { policyParameters, type SendOptions, type StsAnswer, tagParameters } from './operation.ts';

/** STS API Reference, GetFederationToken. Signed with an IAM user's keys. */
export function getFederationToken(
  client: STSClient,
  request: GetFederationTokenRequest,
  options: SendOptions,
): Promise<StsAnswer> {
  const parameters = {
    Name: request.name,
    DurationSeconds: options.seconds,
    ...policyParameters(options.policies),
    ...tagParameters(options.tags),
  };
  return client.send(new GetFederationTokenCommand(parameters), options.http);
}
