import { expect, test } from '@jest/globals';
import type { Credentials, Session } from '../../../src/aws/session.ts';
import type { IdentityConfig } from '../../../src/config/config.ts';
import type { Identity } from '../../../src/identity/identity.ts';
import type { Plan } from '../../../src/plan/plan.ts';
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
