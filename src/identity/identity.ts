import type { Credentials } from '../aws/session.ts';
import type { Claims } from './claims.ts';

/** What proves the caller of an STS request. */
export type Identity = WebIdentity | CredentialsIdentity | SamlIdentity;

/** An OIDC token, sent in a request that is not signed. */
export interface WebIdentity {
  readonly kind: 'web-identity';
  /** The token to send; a new one when the last is about to expire. */
  token(): Promise<WebIdentityToken>;
  /** The claims of the last token that `token` returned. */
  presented(): Claims | undefined;
  /**
   * After STS rejected the audience: whether another audience would also be what the user wants. If so, the next token
   * has that audience.
   */
  tryOtherAudience(): boolean;
}

export interface WebIdentityToken {
  readonly jwt: string;
  readonly claims: Claims;
}

export interface CredentialsIdentity {
  readonly kind: 'credentials';
  credentials(): Promise<Credentials>;
}

/** A SAML assertion, sent in a request that is not signed. */
export interface SamlIdentity {
  readonly kind: 'saml';
  readonly assertion: string;
  readonly providerArn: string;
}

/** An identity of credentials that are already known. */
export function heldCredentials(credentials: Credentials): CredentialsIdentity {
  return { kind: 'credentials', credentials: async () => credentials };
}
