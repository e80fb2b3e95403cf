import type { Session } from '../aws/session.ts';
import type { Plan, SessionRequest } from '../plan/plan.ts';
import type { Sts } from '../sts/sts.ts';
import type { Obtained } from './obtain-sessions.ts';

/**
 * A plan and an STS that answers the requests of an earlier plan with the sessions that it obtained, so that a larger plan
 * obtains them only once.
 *
 * @param plan has the nodes of `earlier` with the same IDs
 */
export function reuseSessions(
  plan: Plan,
  earlier: Plan,
  obtained: Obtained,
): { readonly plan: Plan; readonly withKnown: (sts: Sts) => Sts } {
  const known = new Map<SessionRequest, Session>();
  const nodes = plan.nodes.map((node) => {
    const same = earlier.nodes.find(({ id }) => id === node.id) ?? node;
    const outcome = obtained.get(same.id);
    if (outcome !== undefined && !(outcome instanceof Error)) known.set(same.request, outcome);
    return same;
  });
  return {
    plan: { ...plan, nodes },
    withKnown: (sts) => ({
      ...sts,
      obtain: async (request, identity) => known.get(request) ?? sts.obtain(request, identity),
    }),
  };
}
