import type { AssumedRoleUser, Credentials, FederatedUser, Tag } from '@aws-sdk/client-sts';
import type { SessionPolicies } from '../aws/policies.ts';
import type { SessionTag } from '../aws/tags.ts';
import type { RoleSessionRequest } from '../plan/plan.ts';

/** What STS answers to every operation that gives a session. */
export interface StsAnswer {
  readonly Credentials?: Credentials | undefined;
  readonly AssumedRoleUser?: AssumedRoleUser | undefined;
  readonly FederatedUser?: FederatedUser | undefined;
  readonly $metadata: {
    readonly requestId?: string | undefined;
    /** The header `Date` of the answer; milliseconds since 1970. */
    readonly date?: number | undefined;
  };
}

/** What a single request is sent with. */
export interface SendOptions {
  /** Seconds to ask for. */
  readonly seconds: number;
  readonly policies: SessionPolicies;
  readonly tags: readonly SessionTag[];
  /** Milliseconds since 1970. */
  readonly now: number;
  /** For the SDK's HTTP handler. */
  readonly http: { readonly abortSignal: AbortSignal };
}

/** The parameters that AssumeRole and its kin share. */
export function roleParameters({ role }: RoleSessionRequest, options: SendOptions) {
  return { RoleArn: role.arn, DurationSeconds: options.seconds, ...policyParameters(options.policies) };
}

export function policyParameters({ inlinePolicy, policyArns }: SessionPolicies) {
  return {
    ...(inlinePolicy !== undefined && { Policy: inlinePolicy }),
    ...(policyArns.length > 0 && { PolicyArns: policyArns.map((arn) => ({ arn })) }),
  };
}

export function tagParameters(tags: readonly SessionTag[]): { Tags?: Tag[] } {
  return tags.length === 0 ? {} : { Tags: tags.map(({ key, value }) => ({ Key: key, Value: value })) };
}
