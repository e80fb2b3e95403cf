/** Policies that narrow a session to what it and they allow. */
export interface SessionPolicies {
  /** JSON without white space. */
  readonly inlinePolicy: string | undefined;
  readonly policyArns: readonly string[];
}
