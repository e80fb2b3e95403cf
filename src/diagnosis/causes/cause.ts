/** A possible reason for a denial, and what to check. Lists start with the likeliest. */
export interface Cause {
  readonly id: CauseId;
  /** A clause, in lower case and without a full stop. */
  readonly why: string;
  /** Imperative sentences. */
  readonly check: string;
}

/** The cause for an issuer other than github.com. */
export function issuerCause(server: string | undefined): CauseId {
  return server === 'GitHub Enterprise Server' ? 'ghes-issuer' : 'other-issuer';
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
  | 'session-name'
  | 'source-identity'
  | 'subject'
  | 'tag-condition'
  | 'tag-ref'
  | 'tag-session'
  | 'token-signature'
  | 'wildcard-under-equals'
  | 'wrong-secret';
