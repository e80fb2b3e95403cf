import { expect, test } from '@jest/globals';
import type { Session } from '../../../src/aws/session.ts';
import { heldCredentials, type Identity } from '../../../src/identity/identity.ts';
import type { Plan, PlanNode, SessionRequest } from '../../../src/plan/plan.ts';
import { ActionError } from '../../../src/platform/errors.ts';
import { reuseSessions } from '../../../src/session/known-sessions.ts';
import type { Sts } from '../../../src/sts/sts.ts';

const CREDENTIALS = { accessKeyId: 'A', secretAccessKey: 's', sessionToken: 't', expiration: undefined };
const session = (arn: string): Session => ({
  credentials: CREDENTIALS,
  arn,
  accountId: '',
  userId: '',
  requestId: '',
});

/** A plan of nodes, each with a request of its own. */
const planOf = (...ids: readonly string[]): Plan => ({
  nodes: ids.map(
    (id): PlanNode => ({
      id,
      source: { kind: 'node', id: 'none' },
      request: { operation: 'GetCallerIdentity' },
    }),
  ),
  delivered: [],
});

test('a session of the earlier plan is not requested again; one that failed or is new is', async () => {
  const earlier = planOf('hub', 'failed');
  const failure = new ActionError('STS_FAILED', { problem: 'p', remedy: 'r' });
  const obtained = new Map<string, Session | ActionError>([
    ['hub', session('hub')],
    ['failed', failure],
  ]);
  const { plan, withKnown } = reuseSessions(planOf('hub', 'failed', 'new'), earlier, obtained);
  const requested: SessionRequest[] = [];
  const sts: Sts = {
    now: () => 42,
    load: () => ({ underWay: 0, throttled: 0 }),
    obtain: async (request: SessionRequest, _identity: Identity) => {
      requested.push(request);
      return session('requested');
    },
  };
  const known = withKnown(sts);
  const arns: string[] = [];
  for (const { request } of plan.nodes)
    arns.push((await known.obtain(request, heldCredentials(CREDENTIALS))).arn);
  expect(arns).toEqual(['hub', 'requested', 'requested']);
  expect(requested).toEqual([plan.nodes[1]?.request, plan.nodes[2]?.request]);
  expect(plan.nodes.map(({ id }) => id)).toEqual(['hub', 'failed', 'new']);
  // What was requested, where the larger plan would request something else.
  expect([0, 1].map((at) => plan.nodes[at] === earlier.nodes[at])).toEqual([true, true]);
  expect(known.now()).toBe(42);
});
