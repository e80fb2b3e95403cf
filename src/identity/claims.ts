/** The claims of an OIDC token, as its issuer wrote them. */
export type Claims = Readonly<Record<string, unknown>>;

/** The text of a claim; empty when the claim is missing or not text. */
export function textClaim(claims: Claims | undefined, name: string): string {
  const value = claims?.[name];
  return typeof value === 'string' ? value : '';
}

/**
 * Reads the claims of a JSON Web Token, also in a browser. The signature is for the verifier to check.
 *
 * @returns undefined when `token` is not a valid JSON Web Token
 */
export function decodeClaims(token: string): Claims | undefined {
  const [, payload, signature] = token.split('.');
  if (payload === undefined || signature === undefined) return undefined;
  try {
    const binary = atob(payload.replaceAll('-', '+').replaceAll('_', '/'));
    const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
    const claims: unknown = JSON.parse(new TextDecoder().decode(bytes));
    const isObject = typeof claims === 'object' && claims !== null && !Array.isArray(claims);
    return isObject ? (claims as Claims) : undefined;
  } catch {
    return undefined;
  }
}
