import { ActionError } from '../errors.ts';
import type { Delivered } from '../plan/plan.ts';
import type { Obtained } from './obtain-sessions.ts';
import type { Session } from './session.ts';

/** A session that later steps get, with how they get it. */
export interface NamedSession extends Delivered {
  readonly session: Session;
}

/**
 * The sessions to deliver, and the names of profiles for which there is none.
 *
 * @param allowPartial whether some may be missing; not all
 * @throws ActionError the one failure, or `PROFILES_FAILED` listing every failed profile with its cause
 */
export function namedSessions(
  delivered: readonly Delivered[],
  obtained: Obtained,
  allowPartial: boolean,
): { sessions: readonly NamedSession[]; failed: readonly ActionError[]; failedNames: readonly string[] } {
  const sessions: NamedSession[] = [];
  const failures: { name: string; error: ActionError }[] = [];
  for (const entry of delivered) {
    const outcome = obtained.get(entry.node);
    if (outcome instanceof ActionError) failures.push({ name: entry.profile?.name ?? '', error: outcome });
    else if (outcome !== undefined) sessions.push({ ...entry, session: outcome });
  }
  if (failures.length > 0 && !(allowPartial && sessions.length > 0))
    throw combined(failures, delivered.length);
  return {
    sessions,
    failed: failures.map(({ error }) => error),
    failedNames: failures.map(({ name }) => name),
  };
}

function combined(failures: readonly { name: string; error: ActionError }[], wanted: number): ActionError {
  const [first] = failures;
  const causes = new Set(failures.map(({ error }) => error));
  // One cause for all, an OIDC token that cannot be had for instance, needs no list.
  if (first !== undefined && causes.size === 1 && failures.length === wanted) return first.error;
  return new ActionError('PROFILES_FAILED', {
    problem: `${failures.length} of ${wanted} profiles could not be obtained; nothing was delivered.`,
    parts: failures.map(({ name, error }) => ({
      ...error.details,
      problem: `${name}: ${error.details.problem} [${error.code}]`,
    })),
    remedy:
      'Correct each of them, leave it out with select-profiles, or deliver the others with allow-partial: true.',
    cause: first?.error.cause,
  });
}
