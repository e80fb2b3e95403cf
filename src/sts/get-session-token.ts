import { GetSessionTokenCommand, type STSClient } from '@aws-sdk/client-sts';
import type { GetSessionTokenRequest } from '../plan/plan.ts';
import { mfaParameters } from './mfa.ts';
import type { SendOptions, StsAnswer } from './operation.ts';

/** STS API Reference, GetSessionToken. Signed with an IAM user's keys. */
export async function getSessionToken(
  client: STSClient,
  request: GetSessionTokenRequest,
  options: SendOptions,
): Promise<StsAnswer> {
  const parameters = { DurationSeconds: options.seconds, ...(await mfaParameters(request.mfa, options.now)) };
  return client.send(new GetSessionTokenCommand(parameters), options.http);
}
