import { AssumeRoleWithSAMLCommand, type STSClient } from '@aws-sdk/client-sts';
import type { SamlIdentity } from '../identity/identity.ts';
import type { AssumeRoleWithSamlRequest } from '../plan/plan.ts';
import { roleParameters, type SendOptions, type StsAnswer } from './operation.ts';

/** STS API Reference, AssumeRoleWithSAML. Not signed: the assertion is the proof, and names the session. */
export function assumeRoleWithSaml(
  client: STSClient,
  request: AssumeRoleWithSamlRequest,
  { assertion, providerArn }: SamlIdentity,
  options: SendOptions,
): Promise<StsAnswer> {
  const parameters = {
    ...roleParameters(request, options),
    SAMLAssertion: assertion,
    PrincipalArn: providerArn,
  };
  return client.send(new AssumeRoleWithSAMLCommand(parameters), options.http);
}
