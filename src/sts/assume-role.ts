import { AssumeRoleCommand, type STSClient } from '@aws-sdk/client-sts';
import type { AssumeRoleRequest } from '../plan/plan.ts';
import { mfaParameters } from './mfa.ts';
import { roleParameters, type SendOptions, type StsAnswer, tagParameters } from './operation.ts';

/** STS API Reference, AssumeRole. Signed with the credentials of `client`. */
export async function assumeRole(
  client: STSClient,
  request: AssumeRoleRequest,
  options: SendOptions,
): Promise<StsAnswer> {
  const { externalId, sourceIdentity } = request;
  const sent = new Set(options.tags.map(({ key }) => key.toLowerCase()));
  const transitive = request.transitiveTagKeys.filter((key) => sent.has(key.toLowerCase()));
  const parameters = {
    ...roleParameters(request, options),
    ...tagParameters(options.tags),
    ...(await mfaParameters(request.mfa, options.now)),
    RoleSessionName: request.sessionName,
    ...(externalId !== undefined && { ExternalId: externalId }),
    ...(sourceIdentity !== undefined && { SourceIdentity: sourceIdentity }),
    ...(transitive.length > 0 && { TransitiveTagKeys: transitive }),
  };
  return client.send(new AssumeRoleCommand(parameters), options.http);
}
