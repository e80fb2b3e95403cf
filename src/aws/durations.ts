/** How long a session shall last. */
export type SessionDuration =
  | { readonly kind: 'seconds'; readonly seconds: number }
  /** As long as STS gives, at most `limitSeconds`. */
  | { readonly kind: 'longest'; readonly limitSeconds: number }
  /** Shorter than STS can be asked for: a session policy denies everything after `seconds`. */
  | { readonly kind: 'cut'; readonly seconds: number };

export const DEFAULT_DURATION: SessionDuration = { kind: 'seconds', seconds: 3600 };

/** STS API Reference, AssumeRole: the shortest session. Those that only lead to the next hop need no more. */
export const SOURCE_DURATION: SessionDuration = { kind: 'seconds', seconds: 900 };

/** IAM User Guide, "Methods to assume a role": a session that another role's session asks for ends after an hour. */
export const MAX_HOP_SECONDS = 3600;

/** STS ends a session that another asked for after an hour. */
export function forHop(wished: SessionDuration): SessionDuration {
  return wished.kind === 'seconds'
    ? { kind: 'seconds', seconds: Math.min(wished.seconds, MAX_HOP_SECONDS) }
    : wished.kind === 'longest'
      ? { kind: 'seconds', seconds: MAX_HOP_SECONDS }
      : wished;
}
