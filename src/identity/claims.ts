import { parseJson } from '../platform/json.ts';

/** The claims of an OIDC token. */
export type Claims = Readonly<Record<string, unknown>>;

/** The text of a claim; empty when the claim is missing or not a string. */
export function textClaim(claims: Claims | undefined, name: string): string {
  const value = claims?.[name];
  return typeof value === 'string' ? value : '';
}

/**
 * Reads the claims of a JSON Web Token. Does not verify the signature; STS does.
 *
 * @returns undefined when `token` is not a JSON Web Token
 */
export function decodeClaims(token: string): Claims | undefined {
  const [, payload, signature] = token.split('.');
  if (payload === undefined || signature === undefined) return undefined;
  const claims = parseJson(Buffer.from(payload, 'base64url').toString('utf8'));
  const isObject = typeof claims === 'object' && claims !== null && !Array.isArray(claims);
  return isObject ? (claims as Claims) : undefined;
}
