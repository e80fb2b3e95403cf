import { expect, test } from '@jest/globals';
import type { Session } from '../../../src/aws/session.ts';
import { servedSession } from '../../../src/refresh/broker/served-sessions.ts';
import { cachedSession } from '../../../src/refresh/stored/cached-session.ts';

const START = Date.parse('2026-11-21T12:00:00Z');
const HOUR_MS = 3_600_000;

/** A session of an hour that STS issued at `start`. */
const issuedAt = (start: number, accessKeyId: string) =>
  cachedSession(
    {
      credentials: {
        accessKeyId,
        secretAccessKey: 'secret',
        sessionToken: 'token',
        expiration: new Date(start + HOUR_MS),
      },
      arn: 'arn:aws:sts::111111111111:assumed-role/deploy/x',
    } as Session,
    start,
  );

test('a session that expires while a refresh falls back on it is not handed out', async () => {
  let now = START;
  const clock = { now: () => now, sleep: async () => {} };
  let fallBack = () => {};
  const first = issuedAt(START, 'first');
  const answers = [
    async () => first,
    // STS is away: the previous session, as long as it is valid.
    () => new Promise<typeof first>((resolve) => (fallBack = () => resolve(first))),
    async () => issuedAt(now, 'second'),
  ];
  const session = servedSession({ clock }, () => answers.shift()?.() ?? Promise.reject(new Error('no more')));
  expect(await session()).toBe(first);

  now = START + 0.8 * HOUR_MS;
  expect(await session()).toBe(first);
  now = START + 1.1 * HOUR_MS;
  const asked = session();
  fallBack();
  expect((await asked).session.credentials.accessKeyId).toBe('second');
  expect(answers).toEqual([]);
});
