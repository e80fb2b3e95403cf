import type { Credentials } from '../aws/credentials.ts';
import type { Claims } from './claims.ts';

/** The proof that a request to STS is made with. */
export type Identity = WebIdentity | CredentialsIdentity | SamlIdentity;

/** An OIDC token: sent along, the request is not signed. */
export interface WebIdentity {
  readonly kind: 'web-identity';
  /** The token to present; a new one when the last is about to end. */
  token(): Promise<WebIdentityToken>;
  /** The claims of the last token given out. */
  presented(): Claims | undefined;
  /**
   * After a refused audience: whether there is another that the user would mean as well. If so, the next token is
   * made out to that.
   */
  tryOtherAudience(): boolean;
}

export interface WebIdentityToken {
  readonly jwt: string;
  readonly claims: Claims;
}

/** AWS credentials: the request is signed with them. */
export interface CredentialsIdentity {
  readonly kind: 'credentials';
  credentials(): Promise<Credentials>;
}

/** A SAML assertion: sent along, the request is not signed. */
export interface SamlIdentity {
  readonly kind: 'saml';
  readonly assertion: string;
  readonly providerArn: string;
}

/** Credentials that are in hand already. */
export function heldCredentials(credentials: Credentials): CredentialsIdentity {
  return { kind: 'credentials', credentials: async () => credentials };
}
