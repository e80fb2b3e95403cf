import { MAX_CHAINED_SECONDS, MIN_SESSION_SECONDS } from './limits.ts';

export type SessionDuration =
  | { readonly kind: 'seconds'; readonly seconds: number }
  /** As long as STS allows, at most `limitSeconds`. */
  | { readonly kind: 'longest'; readonly limitSeconds: number }
  /** Shorter than STS allows: a session policy denies every request after `seconds`. */
  | { readonly kind: 'cut'; readonly seconds: number };

export const DEFAULT_DURATION: SessionDuration = { kind: 'seconds', seconds: 3600 };

/** For a session that only assumes other roles: the shortest that STS issues. */
export const SOURCE_DURATION: SessionDuration = { kind: 'seconds', seconds: MIN_SESSION_SECONDS };

/** The duration for a session obtained by role chaining, which STS limits whatever the role allows. */
export function forRoleChaining(wished: SessionDuration): SessionDuration {
  switch (wished.kind) {
    case 'seconds':
      return { kind: 'seconds', seconds: Math.min(wished.seconds, MAX_CHAINED_SECONDS) };
    case 'longest':
      return { kind: 'seconds', seconds: MAX_CHAINED_SECONDS };
    case 'cut':
      return wished;
  }
}
