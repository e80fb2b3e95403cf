import { describe, expect, test } from '@jest/globals';
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

describe('a node', () => {
  const failure = new ActionError('OIDC_FORK', { problem: 'It is a fork.', remedy: 'Use a branch.' });
  const request = { operation: 'GetCallerIdentity' } as const;
  const byIdentity: NodeSource = { kind: 'identity', identity: {} as IdentityConfig };
  const following = (id: string): NodeSource => ({ kind: 'node', id });

  /** Carries out nodes by their sources; STS answers with the access key ID that asked it as the ARN. */
  async function carryOut(sources: Readonly<Record<string, NodeSource>>, identity: Partial<Identity>) {
    const asked: string[] = [];
    const sts = {
      obtain: async (_request: unknown, caller: Identity) => {
        const { accessKeyId } = caller.kind === 'credentials' ? await caller.credentials() : CREDENTIALS;
        asked.push(accessKeyId);
        const credentials = { ...CREDENTIALS, accessKeyId: `${accessKeyId}+` };
        return { ...SESSION, credentials };
      },
    } as unknown as Sts;
    const nodes = Object.entries(sources).map(([id, source]) => ({ id, source, request }));
    const identityOf = () => identity as Identity;
    const obtained = await obtainSessions({ nodes, delivered: [] }, identityOf, Promise.resolve(sts));
    return { asked, obtained };
  }

  const keys = { kind: 'credentials', credentials: async () => CREDENTIALS } as const;

  test('after another one has the credentials of its session', async () => {
    const { asked, obtained } = await carryOut({ a: byIdentity, b: following('a'), c: following('b') }, keys);
    expect(asked).toEqual(['ASIA', 'ASIA+', 'ASIA++']);
    expect([...obtained.keys()]).toEqual(['a', 'b', 'c']);
    expect(obtained.get('c')).toMatchObject({ credentials: { accessKeyId: 'ASIA+++' } });
  });

  test.each<[string, Partial<Identity>]>([
    ['an OIDC token', { kind: 'web-identity', token: () => Promise.reject(failure) }],
    ['credentials', { kind: 'credentials', credentials: () => Promise.reject(failure) }],
  ])('fails with the failure of its identity, as do those after it: %s', async (_what, identity) => {
    const { asked, obtained } = await carryOut({ a: byIdentity, b: following('a') }, identity);
    expect([...obtained]).toEqual([
      ['a', failure],
      ['b', failure],
    ]);
    expect(asked).toEqual([]);
  });

  test('reports the failure of its identity rather than that of the SDK', async () => {
    const sts = Promise.reject<Sts>(new Error('the SDK cannot be loaded'));
    sts.catch(() => {});
    const identity: Identity = { kind: 'credentials', credentials: () => Promise.reject(failure) };
    const nodes = [{ id: 'a', source: byIdentity, request }];
    const obtained = await obtainSessions({ nodes, delivered: [] }, () => identity, sts);
    expect(obtained.get('a')).toBe(failure);
  });

  test('of a SAML assertion requests nothing first', async () => {
    const { asked } = await carryOut({ a: byIdentity }, { kind: 'saml' });
    expect(asked).toEqual(['ASIA']);
  });

  test('before its source is a mistake in the plan', async () => {
    const { obtained } = await carryOut({ b: following('a'), a: byIdentity }, keys);
    expect(obtained.get('b')).toMatchObject({
      code: 'INTERNAL',
      cause: new TypeError('the plan lists a after a node that needs it'),
    });
    expect(obtained.get('a')).toHaveProperty('credentials');
  });
});
