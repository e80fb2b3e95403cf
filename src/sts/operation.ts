import type { AssumedRoleUser, Credentials } from '@aws-sdk/client-sts';
import type { SessionRequest } from '../plan/plan.ts';

/** What STS answers to every operation that gives a session. */
export interface StsAnswer {
  readonly Credentials?: Credentials | undefined;
  readonly AssumedRoleUser?: AssumedRoleUser | undefined;
  readonly PackedPolicySize?: number | undefined;
  readonly $metadata: { readonly requestId?: string | undefined };
}

export interface SendOptions {
  readonly abortSignal: AbortSignal;
}

/** The parameters that AssumeRole and its kin share. */
export function roleParameters(request: SessionRequest) {
  const { role, sessionName, durationSeconds, inlinePolicy, policyArns } = request;
  return {
    RoleArn: role.arn,
    RoleSessionName: sessionName,
    DurationSeconds: durationSeconds,
    ...(inlinePolicy !== undefined && { Policy: inlinePolicy }),
    ...(policyArns.length > 0 && { PolicyArns: policyArns.map((arn) => ({ arn })) }),
  };
}
