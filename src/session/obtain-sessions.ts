import type { Session } from '../aws/session.ts';
import type { IdentityConfig } from '../config/config.ts';
import { heldCredentials, type Identity } from '../identity/identity.ts';
import type { NodeSource, Plan } from '../plan/plan.ts';
import { type ActionError, asActionError } from '../platform/errors.ts';
import type { Sts } from '../sts/sts.ts';

/** The outcome of each node of a plan by its ID: the session, or why there is none. */
export type Obtained = ReadonlyMap<string, Session | ActionError>;

/**
 * Carries out a plan: each node once, as soon as its source is there, so that the run takes as long as the deepest path. A
 * node whose source failed fails with the error of the source.
 *
 * @param identityOf returns the same identity for the same configuration
 * @param sts resolves while the identity is being requested, as loading the SDK takes as long as that request
 * @param onOutcome gets the outcome of each node as soon as it is there
 */
export async function obtainSessions(
  plan: Plan,
  identityOf: (config: IdentityConfig) => Identity,
  sts: Promise<Sts>,
  onOutcome: (outcome: Session | ActionError) => void = () => {},
): Promise<Obtained> {
  const sessions = new Map<string, Promise<Session>>();
  const callerOf = async (source: NodeSource): Promise<Identity> => {
    if (source.kind === 'identity') {
      const identity = identityOf(source.identity);
      // Requested now, so that their own failure is reported.
      if (identity.kind === 'web-identity') await identity.token();
      if (identity.kind === 'credentials') await identity.credentials();
      return identity;
    }
    const session = sessions.get(source.id);
    if (session === undefined) throw new TypeError(`the plan lists ${source.id} after a node that needs it`);
    return heldCredentials((await session).credentials);
  };
  for (const { id, source, request } of plan.nodes) {
    const session = callerOf(source).then(async (caller) => {
      const { obtain } = await sts;
      return obtain(request, caller);
    });
    sessions.set(id, session);
  }
  const outcomes = [...sessions].map(async ([id, session]) => {
    const outcome = await session.catch(asActionError);
    onOutcome(outcome);
    return [id, outcome] as const;
  });
  return new Map(await Promise.all(outcomes));
}
