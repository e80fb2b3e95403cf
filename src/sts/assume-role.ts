import { AssumeRoleCommand, type STSClient } from '@aws-sdk/client-sts';
import type { AssumeRoleRequest } from '../plan/plan.ts';
import { roleParameters, type SendOptions, type StsAnswer } from './operation.ts';

/** STS API Reference, AssumeRole. Signed with the credentials of `client`. */
export function assumeRole(
  client: STSClient,
  request: AssumeRoleRequest,
  options: SendOptions,
): Promise<StsAnswer> {
  const { externalId } = request;
  const parameters = {
    ...roleParameters(request),
    ...(externalId !== undefined && { ExternalId: externalId }),
  };
  return client.send(new AssumeRoleCommand(parameters), options);
}
