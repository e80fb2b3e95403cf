import type { Claims } from '../../identity/claims.ts';

/** The issuer of github.com, as IAM names its provider. */
export const GITHUB = 'token.actions.githubusercontent.com';

/** A claim that is text; empty when there is none. */
export const claimText = (claims: Claims | undefined, name: string) => {
  const value = claims?.[name];
  return typeof value === 'string' ? value : '';
};
