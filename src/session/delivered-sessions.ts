import { randomBytes } from 'node:crypto';
import type { Session } from '../aws/session.ts';
import type { Config } from '../config/config.ts';
import type { Delivered, Plan, ProfileToWrite } from '../plan/plan.ts';
import { ActionError } from '../platform/errors.ts';
import type { Obtained } from './obtain-sessions.ts';

/** A session for later steps, with its profile and region. */
export interface DeliveredSession extends Delivered {
  readonly session: Session;
}

/** A session that has a profile. */
export interface NamedSession extends DeliveredSession {
  readonly profile: ProfileToWrite;
}

/** The session with its profile, or with a generated one if it has none. */
export function withProfile(session: DeliveredSession): NamedSession {
  const generated = () => ({ name: `assume-aws-roles-${randomBytes(6).toString('hex')}`, settings: [] });
  return { ...session, profile: session.profile ?? generated() };
}

/**
 * Finds the session of each profile among the outcomes.
 *
 * @param allowPartial whether some profiles, but not all, can be missing
 * @returns the sessions, and why profiles are missing
 * @throws ActionError the error of the only failure, or `PROFILES_FAILED` with each profile that failed and its cause
 */
export function deliveredSessions(
  delivered: readonly Delivered[],
  obtained: Obtained,
  allowPartial: boolean,
) {
  const sessions: DeliveredSession[] = [];
  const failures: Failure[] = [];
  for (const entry of delivered) {
    const outcome = obtained.get(entry.node);
    if (outcome instanceof ActionError) failures.push({ name: entry.profile?.name ?? '', error: outcome });
    else if (outcome !== undefined) sessions.push({ ...entry, session: outcome });
  }
  const isPartial = allowPartial && sessions.length > 0;
  const [first] = failures;
  const failure = first && combined(first.error, failures, delivered.length, isPartial);
  if (failure !== undefined && !isPartial) throw failure;
  return { sessions, failure, failedNames: failures.map(({ name }) => name) };
}

type Failure = { readonly name: string; readonly error: ActionError };

function combined(
  first: ActionError,
  failures: readonly Failure[],
  wanted: number,
  isPartial: boolean,
): ActionError {
  const causes = new Set(failures.map(({ error }) => error));
  // One cause for all profiles, for example a missing OIDC token, needs no list.
  if (causes.size === 1 && failures.length === wanted) return first;
  const rest = isPartial ? 'the others are delivered (allow-partial)' : 'nothing was delivered';
  return new ActionError('PROFILES_FAILED', {
    problem: `${failures.length} of ${wanted} profiles could not be obtained; ${rest}.`,
    parts: failures.map(({ name, error: { code, details } }) => ({ ...details, about: { name, code } })),
    remedy: isPartial
      ? 'Correct each of them, or leave it out with select-profiles.'
      : 'Correct each of them, leave it out with select-profiles, or deliver the others with allow-partial: true.',
    cause: first.cause,
  });
}

/** The result of the pipeline up to the guards: sessions that passed them, with the configuration they come from. */
export interface Authenticated {
  readonly config: Config;
  readonly plan: Plan;
  readonly sessions: readonly DeliveredSession[];
  /** Later steps have these credentials in their environment already, so variables stay as they are. */
  readonly ambient: boolean;
  /** The names of the profiles that failed and that `allow-partial` leaves out. */
  readonly failedNames: readonly string[];
  /** The outcome of each node of the plan; undefined with `use-existing-credentials`, which carries out no plan. */
  readonly outcomes?: Obtained | undefined;
}

/** Whether the sessions of a step are refreshed. Clients refresh the credentials of the environment themselves. */
export function isRefreshed({ config, ambient }: Authenticated): boolean {
  return config.delivery.refresh !== 'off' && !ambient;
}
