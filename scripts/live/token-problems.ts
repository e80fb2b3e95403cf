/** What a real token has to look like for the code to be right. Returns sentences. */
import type { Claims } from '../../src/identity/claims.ts';
import { defaultContext, isImmutable, subjectOf } from '../../src/trust/subject.ts';

/** Seconds of life on which a plan of several sessions relies (`src/identity/github-oidc.ts`). */
const NEEDED_SECONDS = 240;

/**
 * @param contexts the contexts of the subject that the code reckons with; by default the one that it computes
 */
export function tokenProblems(
  claims: Claims,
  contexts: readonly string[] = [defaultContext(claims)],
): string[] {
  const { sub, iat, exp } = claims as { sub: string; iat: number; exp: number };
  const prefix = subjectOf(claims, { keys: ['repo'], immutable: isImmutable(sub) });
  const subjects = contexts.map((context) => `${prefix}:${context}`);
  return [
    ...(subjects.includes(sub) ? [] : [`The subject is ${sub}. The code expects ${subjects.join(' or ')}.`]),
    ...(exp - iat >= NEEDED_SECONDS ? [] : [`The token lives ${exp - iat} seconds.`]),
  ];
}
