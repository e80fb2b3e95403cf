/** Why STS may have denied a request, and what to check. */
export interface Cause {
  readonly id: CauseId;
  /** A clause that completes "likely:". */
  readonly why: string;
  /** What to check or change: imperative sentences. */
  readonly check: string;
}

export type CauseId =
  | 'account-of-provider'
  | 'action-not-allowed'
  | 'audience-condition'
  | 'audience-of-provider'
  | 'branch'
  | 'caller-permission'
  | 'caller-not-trusted'
  | 'chain-duration'
  | 'claim-absent'
  | 'claim-not-passed-on'
  | 'claim-value'
  | 'clock'
  | 'condition-not-evaluated'
  | 'credentials-expired'
  | 'customised-subject'
  | 'environment-subject'
  | 'explicit-deny'
  | 'external-id-missing'
  | 'external-id-wrong'
  | 'ghes-issuer'
  | 'immutable-subject'
  | 'issuer-of-provider'
  | 'issuer-unreachable'
  | 'key-unknown'
  | 'letter-case'
  | 'mfa-code'
  | 'mfa-required'
  | 'name-subject'
  | 'other-environment'
  | 'other-issuer'
  | 'other-repository'
  | 'packed-size'
  | 'partition-of-provider'
  | 'policy-not-as-filed'
  | 'provider-missing'
  | 'pull-request-subject'
  | 'region-disabled'
  | 'reusable-workflow'
  | 'role-duration'
  | 'role-not-there'
  | 'self-assumption'
  | 'session-name'
  | 'source-identity'
  | 'subject'
  | 'tag-condition'
  | 'tag-ref'
  | 'tag-session'
  | 'token-signature'
  | 'wildcard-under-equals'
  | 'wrong-secret';

/** Causes that STS can name, and that a trust policy or the facts of a job can show too. */
export const TAG_SESSION: Cause = {
  id: 'tag-session',
  why: 'the request has session tags, and the trust policy or the caller does not allow sts:TagSession',
  check:
    'Add sts:TagSession next to sts:AssumeRole, in the trust policy and in the permissions of the caller; or set role-skip-session-tagging: true.',
};

export const SOURCE_IDENTITY: Cause = {
  id: 'source-identity',
  why: 'the request has a source identity, and the trust policy or the caller does not allow sts:SetSourceIdentity',
  check:
    'Add sts:SetSourceIdentity next to sts:AssumeRole, in the trust policy and in the permissions of the caller; or remove source-identity.',
};

/** @param caller the ARN of the caller, if known */
export function callerPermission(role: string, caller = 'the caller'): Cause {
  return {
    id: 'caller-permission',
    why: `${caller} has no policy that allows sts:AssumeRole on ${role}`,
    check: `Allow sts:AssumeRole on ${role} in the policies of the caller. Check its session policy, its permissions boundary, and SCPs too.`,
  };
}
