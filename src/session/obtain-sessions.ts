import { heldCredentials, type Identity } from '../identity/identity.ts';
import type { Plan, PlanNode } from '../plan/plan.ts';
import type { Sts } from '../sts/sts.ts';
import type { Session } from './session.ts';

/**
 * Carries out a plan: every node once, each as soon as its source stands, so that the wall time is that of the
 * deepest path.
 *
 * @param sts resolves while the identity's proof is on its way; loading the SDK takes as long as that request
 * @returns the sessions by node id
 * @throws the first failure; no session is of use without the others
 */
export async function obtainSessions(
  plan: Plan,
  identity: Identity,
  sts: Promise<Sts>,
): Promise<ReadonlyMap<string, Session>> {
  const sessions = new Map<string, Promise<Session>>();
  const callerOf = async ({ source }: PlanNode): Promise<Identity> => {
    if (source === undefined) {
      await ready(identity);
      return identity;
    }
    const session = sessions.get(source);
    if (session === undefined) throw new TypeError(`the plan lists ${source} after what needs it`);
    return heldCredentials((await session).credentials);
  };
  for (const node of plan.nodes) {
    const session = callerOf(node).then(async (caller) => (await sts).obtain(node.request, caller));
    sessions.set(node.id, session);
  }
  const entries = await Promise.all([...sessions].map(async ([id, session]) => [id, await session] as const));
  return new Map(entries);
}

/** Has the proof in hand, so that its own failure is the one that is reported. */
async function ready(identity: Identity): Promise<void> {
  if (identity.kind === 'web-identity') await identity.token();
  if (identity.kind === 'credentials') await identity.credentials();
}
