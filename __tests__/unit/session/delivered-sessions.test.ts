import { describe, expect, test } from '@jest/globals';
import type { Session } from '../../../src/aws/session.ts';
import type { Config } from '../../../src/config/config.ts';
import type { Delivered } from '../../../src/plan/plan.ts';
import { ActionError } from '../../../src/platform/errors.ts';
import { deliveredSessions, isRefreshed, withProfile } from '../../../src/session/delivered-sessions.ts';

const SESSION = { arn: 'arn:aws:sts::111111111111:assumed-role/deploy/x' } as Session;
const denied = (remedy: string, cause?: unknown) =>
  new ActionError('STS_ACCESS_DENIED', { problem: 'STS denied the request.', remedy, cause });
const profile = (name: string): Delivered => ({
  node: `node of ${name}`,
  region: 'eu-west-1',
  isDefault: false,
  profile: { name, settings: [] },
});
const A = profile('a');
const B = profile('b');
const outcomes = (a: Session | ActionError, b: Session | ActionError) =>
  new Map([
    [A.node, a],
    [B.node, b],
  ]);

test('each profile has the session of its node', () => {
  expect(deliveredSessions([A, B], outcomes(SESSION, SESSION), false)).toEqual({
    sessions: [
      { ...A, session: SESSION },
      { ...B, session: SESSION },
    ],
    failure: undefined,
    failedNames: [],
  });
});

test('a node without an outcome has no session', () => {
  const { sessions, failure } = deliveredSessions([A, B], new Map([[A.node, SESSION]]), false);
  expect(sessions).toEqual([{ ...A, session: SESSION }]);
  expect(failure).toBeUndefined();
});

describe('one profile that failed', () => {
  const error = denied('Correct the trust policy.', 'the answer');

  test('fails all of them, with its own facts and what to do', () => {
    expect(() => deliveredSessions([A, B], outcomes(SESSION, error), false)).toThrow(
      new ActionError('PROFILES_FAILED', {
        problem: '1 of 2 profiles could not be obtained; nothing was delivered.',
        parts: [{ ...error.details, about: { name: 'b', code: 'STS_ACCESS_DENIED' } }],
        remedy:
          'Correct each of them, leave it out with select-profiles, or deliver the others with allow-partial: true.',
        cause: 'the answer',
      }),
    );
  });

  test('is left out with allow-partial', () => {
    const { sessions, failure, failedNames } = deliveredSessions([A, B], outcomes(SESSION, error), true);
    expect(sessions).toEqual([{ ...A, session: SESSION }]);
    expect(failedNames).toEqual(['b']);
    expect(failure?.code).toBe('PROFILES_FAILED');
    expect(failure?.details).toMatchObject({
      problem: '1 of 2 profiles could not be obtained; the others are delivered (allow-partial).',
      remedy: 'Correct each of them, or leave it out with select-profiles.',
    });
  });
});

describe.each([true, false])('no session at all, allow-partial %s', (allowPartial) => {
  test('for one cause fails with that cause', () => {
    const error = denied('Correct the trust policy.');
    expect(() => deliveredSessions([A, B], outcomes(error, error), allowPartial)).toThrow(error);
  });

  test('for two causes fails with both', () => {
    const twice = outcomes(denied('Correct one.'), denied('Correct another.'));
    expect(() => deliveredSessions([A, B], twice, allowPartial)).toThrow(
      /^2 of 2 profiles could not be obtained; nothing was delivered\.[\s\S]*Correct one\.[\s\S]*Correct another\./,
    );
  });
});

test('a failure without a profile has no name', () => {
  const flat = { ...A, profile: undefined };
  const error = denied('x');
  expect(() => deliveredSessions([flat], new Map([[A.node, error]]), false)).toThrow(error);
  expect(deliveredSessions([flat, B], outcomes(error, SESSION), true).failedNames).toEqual(['']);
});

test('a session keeps its profile; without one it gets a name that no other has', () => {
  const session = { ...A, session: SESSION };
  expect(withProfile(session)).toEqual(session);
  const [first, second] = [1, 2].map(() => withProfile({ ...session, profile: undefined }).profile);
  expect(first).toEqual({ name: expect.stringMatching(/^assume-aws-roles-[0-9a-f]{12}$/), settings: [] });
  expect(first?.name).not.toBe(second?.name);
});

test.each([
  ['off', false, false],
  ['process', false, true],
  ['broker', false, true],
  ['process', true, false],
] as const)(
  'with refresh: %s, ambient credentials: %j, sessions are refreshed: %j',
  (refresh, ambient, is) => {
    const config = { delivery: { refresh } } as Config;
    const rest = { plan: { nodes: [], delivered: [] }, sessions: [], failedNames: [] };
    expect(isRefreshed({ ...rest, config, ambient })).toBe(is);
  },
);
