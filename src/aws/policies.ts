/** Session policies: they limit a session to what both they and the role's policies allow. */
export interface SessionPolicies {
  /** JSON without white space. */
  readonly inlinePolicy: string | undefined;
  readonly policyArns: readonly string[];
}
