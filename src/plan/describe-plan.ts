import type { Plan } from './plan.ts';

/** The plan for people: one line a session, in the order they are obtained. */
export function describePlan(plan: Plan): string[] {
  return plan.nodes.map(({ id, source, request }) => {
    const from = source === undefined ? "the job's OIDC token" : `the session of ${source}`;
    const delivered = id === plan.delivered ? ', delivered to later steps' : '';
    return `${id}: ${request.operation} ${request.role.arn} with ${from} for ${request.durationSeconds} s as ${request.sessionName}${delivered}`;
  });
}
