import type { Session } from '../../aws/session.ts';
import type { PlanNode } from '../../plan/plan.ts';
import { startDeadline } from '../../platform/deadline.ts';
import { ActionError } from '../../platform/errors.ts';
import type { Outside } from '../../platform/host/outside.ts';
import type { Reporter } from '../../platform/runner/runner.ts';
import { connect } from '../../session/connect.ts';
import { assertGuards } from '../../session/guards.ts';
import { obtainSessions } from '../../session/obtain-sessions.ts';
import { replayEnvironment, type StoredPlan } from './stored-plan.ts';

/**
 * Obtains the session of one profile again, with a new proof of identity.
 *
 * @throws ActionError what obtaining a session throws, `ACCOUNT_NOT_ALLOWED`, or `REFRESH_PLAN_UNUSABLE`
 */
export async function replayPlan(
  { stored, profile, limitSeconds }: { stored: StoredPlan; profile: string; limitSeconds: number },
  outside: Outside,
  reporter: Reporter,
): Promise<Session> {
  const node = stored.plan.delivered.find((entry) => entry.profile.name === profile)?.node;
  if (node === undefined) {
    throw new ActionError('REFRESH_PLAN_UNUSABLE', {
      problem: `The stored plan has no profile ${profile}.`,
      found: profile,
      expected: `one of ${stored.plan.delivered.map((entry) => entry.profile.name).join(', ')}`,
      remedy: 'Use the credential_process line as the action wrote it.',
    });
  }
  const deadline = startDeadline(limitSeconds, outside.clock);
  const env = replayEnvironment(stored, outside.env);
  const { identityOf, sts, close } = connect(stored.settings, { ...outside, env }, reporter, deadline);
  try {
    const plan = { ...stored.plan, nodes: chainTo(node, stored.plan.nodes) };
    const outcome = (await obtainSessions(plan, identityOf, sts())).get(node);
    if (outcome === undefined) throw new TypeError(`the plan has no node ${node}`);
    if (outcome instanceof ActionError) throw outcome;
    assertGuards(outcome, stored.guards, (await sts()).now());
    return outcome;
  } finally {
    deadline.clear();
    close();
  }
}

/** A node and all nodes it needs, sources first. */
function chainTo(id: string, nodes: readonly PlanNode[]): readonly PlanNode[] {
  const node = nodes.find((candidate) => candidate.id === id);
  if (node === undefined) return [];
  return node.source.kind === 'node' ? [...chainTo(node.source.id, nodes), node] : [node];
}

/**
 * A reporter for the credential process and the broker: it shows warnings only. There is no runner that could mask secrets;
 * these processes return sessions to the SDK that requests them, and write them nowhere else.
 *
 * @param write writes warnings to standard error; left out, they are not shown either
 */
export function quietReporter(write: (text: string) => void = () => {}): Reporter {
  const nothing = () => {};
  return {
    mask: nothing,
    debug: nothing,
    info: nothing,
    group: nothing,
    warning: (message) => write(`${message.replaceAll(/\s+/g, ' ')}\n`),
  };
}
