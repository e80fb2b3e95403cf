/** The claims of an OIDC token, as its issuer wrote them. */
export type Claims = Readonly<Record<string, unknown>>;

/** A claim that is text; empty when it is none. */
export function textClaim(claims: Claims | undefined, name: string): string {
  const value = claims?.[name];
  return typeof value === 'string' ? value : '';
}

/**
 * Reads the claims of a JSON Web Token without checking its signature, which is the verifier's part.
 * Undefined when `token` is no JWT.
 */
export function decodeClaims(token: string): Claims | undefined {
  const [, payload, signature] = token.split('.');
  if (payload === undefined || signature === undefined) return undefined;
  try {
    const binary = atob(payload.replaceAll('-', '+').replaceAll('_', '/'));
    const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
    const claims: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return typeof claims === 'object' && claims !== null && !Array.isArray(claims)
      ? (claims as Claims)
      : undefined;
  } catch {
    return undefined;
  }
}
