import type { WebIdentity } from '../identity/github-oidc.ts';
import type { Plan, PlanNode } from '../plan/plan.ts';
import type { Proof, Sts } from '../sts/sts.ts';
import type { Session } from './session.ts';

/**
 * Carries out a plan: every node once, each as soon as its source stands, so that the wall time is that of the
 * deepest path.
 *
 * @param sts resolves while the identity's token is on its way; loading the SDK takes as long as that request
 * @returns the sessions by node id
 * @throws the first failure; no session is of use without the others
 */
export async function obtainSessions(
  plan: Plan,
  identity: WebIdentity,
  sts: Promise<Sts>,
): Promise<ReadonlyMap<string, Session>> {
  const sessions = new Map<string, Promise<Session>>();
  const proofFor = async ({ source }: PlanNode): Promise<Proof> => {
    if (source === undefined) {
      await identity.token();
      return { kind: 'web-identity', identity };
    }
    const session = sessions.get(source);
    if (session === undefined) throw new TypeError(`the plan lists ${source} after what needs it`);
    return { kind: 'credentials', credentials: (await session).credentials };
  };
  for (const node of plan.nodes) {
    sessions.set(
      node.id,
      proofFor(node).then(async (proof) => (await sts).obtain(node.request, proof)),
    );
  }
  await Promise.all(sessions.values());
  return new Map(await Promise.all([...sessions].map(async ([id, session]) => [id, await session] as const)));
}
