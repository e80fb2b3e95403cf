import { expect, test } from '@jest/globals';
import type { Session } from '../../../src/aws/session.ts';
import type { IdentityConfig } from '../../../src/config/config.ts';
import { heldCredentials, type Identity } from '../../../src/identity/identity.ts';
import type { NodeSource, Plan } from '../../../src/plan/plan.ts';
import { ActionError } from '../../../src/platform/errors.ts';
import { obtainSessions } from '../../../src/session/obtain-sessions.ts';
import type { Sts } from '../../../src/sts/sts.ts';

const CREDENTIALS = {
  accessKeyId: 'ASIA',
  secretAccessKey: 'secret',
  sessionToken: 'token',
  expiration: undefined,
};
const SESSION: Session = {
  credentials: CREDENTIALS,
  arn: '',
  accountId: '',
  userId: '',
  requestId: '',
  answered: undefined,
};
const JOB: NodeSource = { kind: 'identity', identity: {} as IdentityConfig };

/** Obtains the sessions of a graph, given as pairs of node and source. STS denies the nodes in `denied`. */
async function obtain(graph: readonly (readonly [id: string, source?: string])[], denied: string[] = []) {
  const nodes = graph.map(([id, source]) => ({
    id,
    source: source === undefined ? JOB : ({ kind: 'node', id: source } as const),
    request: { operation: 'GetFederationToken', name: id } as never,
  }));
  const plan: Plan = { nodes, delivered: [] };
  const requested: string[] = [];
  const sts = {
    obtain: async ({ name }: { name: string }) => {
      requested.push(name);
      if (denied.includes(name))
        throw new ActionError('STS_ACCESS_DENIED', { problem: name, found: '', expected: '', remedy: '' });
      return SESSION;
    },
  } as unknown as Sts;
  const seen: (Session | ActionError)[] = [];
  const identityOf = (): Identity => heldCredentials(CREDENTIALS);
  const obtained = await obtainSessions(plan, identityOf, Promise.resolve(sts), (outcome) =>
    seen.push(outcome),
  );
  return { obtained, requested, seen };
}

test('each node is obtained once, after its source', async () => {
  const { obtained, requested, seen } = await obtain([['hub'], ['dev', 'hub'], ['prod', 'hub']]);
  expect(requested).toEqual(['hub', 'dev', 'prod']);
  expect([...obtained.keys()]).toEqual(['hub', 'dev', 'prod']);
  expect(seen).toEqual([SESSION, SESSION, SESSION]);
});

test('a node below one that failed has its error, without a request', async () => {
  const { obtained, requested, seen } = await obtain([['hub'], ['dev', 'hub'], ['below', 'dev']], ['dev']);
  expect(requested).toEqual(['hub', 'dev']);
  expect(obtained.get('below')).toBe(obtained.get('dev'));
  expect(seen.filter((outcome) => outcome instanceof ActionError)).toHaveLength(2);
});
