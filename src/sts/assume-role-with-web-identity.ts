import { AssumeRoleWithWebIdentityCommand, type STSClient } from '@aws-sdk/client-sts';
import type { AssumeRoleWithWebIdentityRequest } from '../plan/plan.ts';
import { roleParameters, type SendOptions, type StsAnswer } from './operation.ts';

/** STS API Reference, AssumeRoleWithWebIdentity. Not signed: the token is the proof. */
export function assumeRoleWithWebIdentity(
  client: STSClient,
  request: AssumeRoleWithWebIdentityRequest,
  token: string,
  options: SendOptions,
): Promise<StsAnswer> {
  const parameters = {
    ...roleParameters(request, options),
    RoleSessionName: request.sessionName,
    WebIdentityToken: token,
  };
  return client.send(new AssumeRoleWithWebIdentityCommand(parameters), options.http);
}
