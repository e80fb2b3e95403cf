import { describe, expect, test } from '@jest/globals';
import type { Credentials, Session } from '../../../src/aws/session.ts';
import type { IdentityConfig } from '../../../src/config/config.ts';
import type { Identity } from '../../../src/identity/identity.ts';
import type { NodeSource, Plan } from '../../../src/plan/plan.ts';
import { ActionError } from '../../../src/platform/errors.ts';
import { obtainSessions } from '../../../src/session/obtain-sessions.ts';
import type { Sts } from '../../../src/sts/sts.ts';

const CREDENTIALS: Credentials = {
  accessKeyId: 'ASIA',
  secretAccessKey: 'secret',
  sessionToken: 'token',
  expiration: undefined,
};
const SESSION = { credentials: CREDENTIALS, arn: '', accountId: '', userId: '', requestId: '' } as Session;

/** Obtains independent sessions. `wait` delays the identity of each, and every answer of STS. */
async function obtainAll(ids: readonly string[], maxParallel: number, wait: (id: string) => Promise<void>) {
  const nodes = ids.map((id) => ({
    id,
    source: { kind: 'identity', identity: id as unknown as IdentityConfig } as const,
    request: { operation: 'GetCallerIdentity' } as const,
  }));
  const plan: Plan = { nodes, delivered: [] };
  const identityOf = (id: unknown): Identity => ({
    kind: 'credentials',
    credentials: async () => {
      await wait(String(id));
      return CREDENTIALS;
    },
  });
  let running = 0;
  let most = 0;
  const obtain = async () => {
    running++;
    most = Math.max(most, running);
    await wait('answer');
    running--;
    return SESSION;
  };
  const sts = { obtain } as unknown as Sts;
  const obtained = await obtainSessions(plan, identityOf, Promise.resolve(sts), maxParallel);
  return { most, obtained };
}

const microtasks = async (count: number) => {
  for (let done = 0; done < count; done++) await undefined;
};

test('max-parallel 1 never lets two requests run at once, whenever another session becomes ready', async () => {
  for (let delay = 0; delay < 30; delay++) {
    const wait = (id: string) => microtasks(id === 'third' ? delay : 0);
    const { most, obtained } = await obtainAll(['first', 'second', 'third'], 1, wait);
    expect({ delay, most }).toEqual({ delay, most: 1 });
    expect([...obtained.keys()]).toEqual(['first', 'second', 'third']);
  }
});

test('as many requests run at once as max-parallel allows', async () => {
  const wait = (id: string) =>
    id === 'answer' ? new Promise<void>((resolve) => setImmediate(resolve)) : Promise.resolve();
  expect((await obtainAll(['a', 'b', 'c', 'd', 'e'], 3, wait)).most).toBe(3);
});

describe('a node', () => {
  const failure = new ActionError('OIDC_FORK', { problem: 'It is a fork.', remedy: 'Use a branch.' });
  const request = { operation: 'GetCallerIdentity' } as const;
  const byIdentity: NodeSource = { kind: 'identity', identity: {} as IdentityConfig };
  const following = (id: string): NodeSource => ({ kind: 'node', id });

  /** Carries out nodes by their sources; STS answers with the access key ID that asked it as the ARN. */
  async function obtain(sources: Readonly<Record<string, NodeSource>>, identity: Partial<Identity>) {
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
    const obtained = await obtainSessions({ nodes, delivered: [] }, identityOf, Promise.resolve(sts), 9);
    return { asked, obtained };
  }

  const keys = { kind: 'credentials', credentials: async () => CREDENTIALS } as const;

  test('after another one has the credentials of its session', async () => {
    const { asked, obtained } = await obtain({ a: byIdentity, b: following('a'), c: following('b') }, keys);
    expect(asked).toEqual(['ASIA', 'ASIA+', 'ASIA++']);
    expect([...obtained.keys()]).toEqual(['a', 'b', 'c']);
    expect(obtained.get('c')).toMatchObject({ credentials: { accessKeyId: 'ASIA+++' } });
  });

  test.each<[string, Partial<Identity>]>([
    ['an OIDC token', { kind: 'web-identity', token: () => Promise.reject(failure) }],
    ['credentials', { kind: 'credentials', credentials: () => Promise.reject(failure) }],
  ])('fails with the failure of its identity, as do those after it: %s', async (_what, identity) => {
    const { asked, obtained } = await obtain({ a: byIdentity, b: following('a') }, identity);
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
    const obtained = await obtainSessions({ nodes, delivered: [] }, () => identity, sts, 1);
    expect(obtained.get('a')).toBe(failure);
  });

  test('of a SAML assertion requests nothing first', async () => {
    const { asked } = await obtain({ a: byIdentity }, { kind: 'saml' });
    expect(asked).toEqual(['ASIA']);
  });

  test('before its source is a mistake in the plan', async () => {
    const { obtained } = await obtain({ b: following('a'), a: byIdentity }, keys);
    expect(obtained.get('b')).toMatchObject({
      code: 'INTERNAL',
      cause: new TypeError('the plan lists a after a node that needs it'),
    });
    expect(obtained.get('a')).toHaveProperty('credentials');
  });
});
