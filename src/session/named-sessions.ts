import type { Session } from '../aws/session.ts';
import type { Delivered } from '../plan/plan.ts';
import { ActionError } from '../platform/errors.ts';
import type { Obtained } from './obtain-sessions.ts';

/** A session that later steps get, with how they get it. */
export interface NamedSession extends Delivered {
  readonly session: Session;
}

/**
 * The sessions to deliver, the names of profiles for which there is none, and the error that tells why.
 *
 * @param allowPartial whether some may be missing; not all
 * @throws ActionError the one failure, or `PROFILES_FAILED` listing every failed profile with its cause
 */
export function namedSessions(
  delivered: readonly Delivered[],
  obtained: Obtained,
  allowPartial: boolean,
): {
  readonly sessions: readonly NamedSession[];
  readonly failure: ActionError | undefined;
  readonly failedNames: readonly string[];
} {
  const sessions: NamedSession[] = [];
  const failures: Failure[] = [];
  for (const entry of delivered) {
    const outcome = obtained.get(entry.node);
    if (outcome instanceof ActionError) failures.push({ name: entry.profile?.name ?? '', error: outcome });
    else if (outcome !== undefined) sessions.push({ ...entry, session: outcome });
  }
  const partial = allowPartial && sessions.length > 0;
  const failure = failures.length === 0 ? undefined : combined(failures, delivered.length, partial);
  if (failure !== undefined && !partial) throw failure;
  return { sessions, failure, failedNames: failures.map(({ name }) => name) };
}

interface Failure {
  readonly name: string;
  readonly error: ActionError;
}

function combined(failures: readonly Failure[], wanted: number, partial: boolean): ActionError {
  const [first] = failures;
  const causes = new Set(failures.map(({ error }) => error));
  // One cause for all, an OIDC token that cannot be had for instance, needs no list.
  if (first !== undefined && causes.size === 1 && failures.length === wanted) return first.error;
  return new ActionError('PROFILES_FAILED', {
    problem: `${failures.length} of ${wanted} profiles could not be obtained; ${partial ? 'the others are delivered (allow-partial)' : 'nothing was delivered'}.`,
    parts: failures.map(({ name, error: { code, details } }) => ({ ...details, about: { name, code } })),
    remedy: partial
      ? 'Correct each of them, or leave it out with select-profiles.'
      : 'Correct each of them, leave it out with select-profiles, or deliver the others with allow-partial: true.',
    cause: first?.error.cause,
  });
}
