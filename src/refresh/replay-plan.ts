import type { Session } from '../aws/session.ts';
import type { PlanNode } from '../plan/plan.ts';
import { startDeadline } from '../platform/deadline.ts';
import { ActionError } from '../platform/errors.ts';
import type { Outside } from '../platform/host/outside.ts';
import type { Reporter } from '../platform/runner/runner.ts';
import { assertAccountAllowed } from '../session/allowed-accounts.ts';
import { connect } from '../session/connect.ts';
import { obtainSessions } from '../session/obtain-sessions.ts';
import { environmentFor, type StoredPlan } from './stored-plan.ts';

/** One after the other: there is a single way to one session. */
const MAX_PARALLEL = 1;

/**
 * Obtains the session of one profile anew, with a new proof of identity.
 *
 * @param limitSeconds 0 for no limit
 * @throws ActionError what obtaining a session throws, or `ACCOUNT_NOT_ALLOWED`
 */
export async function replayPlan(
  stored: StoredPlan,
  profile: string,
  limitSeconds: number,
  outside: Outside,
  reporter: Reporter,
): Promise<Session> {
  const node = nodeOf(stored, profile);
  const deadline = startDeadline(limitSeconds, outside.clock);
  try {
    const env = environmentFor(stored, outside.env);
    const { identityOf, sts } = connect(stored.settings, { ...outside, env }, reporter, deadline);
    const plan = { ...stored.plan, nodes: wayTo(node, stored.plan.nodes) };
    const outcome = (await obtainSessions(plan, identityOf, sts(), MAX_PARALLEL)).get(node);
    if (outcome === undefined) throw new TypeError(`the plan has no node ${node}`);
    if (outcome instanceof ActionError) throw outcome;
    assertAccountAllowed(outcome, stored.allowedAccountIds);
    return outcome;
  } finally {
    deadline.clear();
  }
}

function nodeOf({ plan }: StoredPlan, profile: string): string {
  const delivered = plan.delivered.find((entry) => entry.profile.name === profile);
  if (delivered !== undefined) return delivered.node;
  throw new ActionError('REFRESH_PLAN_UNUSABLE', {
    problem: `The stored plan has no profile ${profile}.`,
    found: profile,
    expected: `one of ${plan.delivered.map((entry) => entry.profile.name).join(', ')}`,
    remedy: 'Use the credential_process line as the action wrote it.',
  });
}

/** The node and those that lead to it, sources first. */
function wayTo(id: string, nodes: readonly PlanNode[]): readonly PlanNode[] {
  const node = nodes.find((candidate) => candidate.id === id);
  if (node === undefined) return [];
  return node.source.kind === 'node' ? [...wayTo(node.source.id, nodes), node] : [node];
}
