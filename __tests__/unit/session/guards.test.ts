import { describe, expect, test } from '@jest/globals';
import type { Session } from '../../../src/aws/session.ts';
import { assertGuards, guardsForRefresh } from '../../../src/session/guards.ts';

const NOW = Date.parse('2026-11-21T12:00:00Z');
const NONE = { allowedAccountIds: undefined, minimumRemainingSeconds: undefined };
const ALLOWED = { ...NONE, allowedAccountIds: ['111111111111'] };
const MINIMUM = { ...NONE, minimumRemainingSeconds: 3000 };

/** A session that expires `seconds` after {@link NOW}. */
function session(seconds: number | undefined, more: Partial<Session> = {}): Session {
  return {
    credentials: {
      accessKeyId: 'ASIAX',
      secretAccessKey: 'secret',
      sessionToken: 'token',
      expiration: seconds === undefined ? undefined : new Date(NOW + seconds * 1000),
    },
    arn: 'arn:aws:sts::111111111111:assumed-role/deploy/x',
    accountId: '111111111111',
    userId: 'AROA:x',
    requestId: 'r',
    ...more,
  };
}

test('without guards every session passes', () => {
  for (const any of [session(3600), session(undefined), session(1, { accountId: '' })])
    expect(() => assertGuards(any, NONE, NOW)).not.toThrow();
});

describe('allowed-account-ids', () => {
  test('passes an account in the list', () => {
    expect(() => assertGuards(session(3600), ALLOWED, NOW)).not.toThrow();
  });

  test.each([
    [
      '222222222222',
      /not in allowed-account-ids\. \[ACCOUNT_NOT_ALLOWED\]\n {2}found: {4}account 222222222222/,
    ],
    ['', /the account of the session is unknown\. \[ACCOUNT_NOT_ALLOWED\]/],
  ])('rejects account "%s"', (accountId, message) => {
    expect(() => assertGuards(session(3600, { accountId }), ALLOWED, NOW)).toThrow(message);
  });
});

test('the error names the accounts that are allowed', () => {
  const guards = { ...NONE, allowedAccountIds: ['222222222222', '333333333333'] };
  for (const accountId of ['111111111111', ''])
    expect(() => assertGuards(session(3600, { accountId }), guards, NOW)).toThrow(
      '  expected: account 222222222222 or 333333333333\n',
    );
});

describe('minimum-remaining-seconds', () => {
  test.each([3000, 3001, 43_200])('passes a session that expires in %i s', (seconds) => {
    expect(() => assertGuards(session(seconds), MINIMUM, NOW)).not.toThrow();
  });

  test.each([2999, 0, -60])('rejects a session that expires in %i s', (seconds) => {
    const message = `[SESSION_TOO_SHORT]\n  found:    ${seconds} s, until `;
    expect(() => assertGuards(session(seconds), MINIMUM, NOW)).toThrow(message);
  });

  test('counts from the answer of STS, so that exactly the minimum passes although time has gone by', () => {
    const answered = { sts: NOW, here: NOW + 7_200_000 };
    const minuteLater = NOW + 60_000;
    expect(() => assertGuards(session(3000, { answered }), MINIMUM, minuteLater)).not.toThrow();
    // STS reports whole seconds: it issued the session just before the second in which it answered.
    expect(() => assertGuards(session(2999, { answered }), MINIMUM, minuteLater)).not.toThrow();
    expect(() => assertGuards(session(2998, { answered }), MINIMUM, minuteLater)).toThrow('2998 s, until ');
  });

  test('rejects temporary credentials whose expiration is unknown', () => {
    expect(() => assertGuards(session(undefined), MINIMUM, NOW)).toThrow(
      'minimum-remaining-seconds cannot be checked: the expiration of the session is unknown. [SESSION_TOO_SHORT]',
    );
  });

  test('passes the keys of an IAM user, which do not expire', () => {
    const { credentials } = session(undefined);
    const keys = session(undefined, { credentials: { ...credentials, sessionToken: undefined } });
    expect(() => assertGuards(keys, MINIMUM, NOW)).not.toThrow();
  });

  test('rejects credentials without a session token that expire all the same', () => {
    const { credentials } = session(60);
    const keys = session(60, { credentials: { ...credentials, sessionToken: undefined } });
    expect(() => assertGuards(keys, MINIMUM, NOW)).toThrow('[SESSION_TOO_SHORT]\n  found:    60 s, until ');
  });
});

test('a refreshed session must be in an allowed account, but can be of any duration', () => {
  const guards = guardsForRefresh({ ...ALLOWED, minimumRemainingSeconds: 3000 });
  expect(() => assertGuards(session(900), guards, NOW)).not.toThrow();
  const other = session(900, { accountId: '222222222222' });
  expect(() => assertGuards(other, guards, NOW)).toThrow('[ACCOUNT_NOT_ALLOWED]');
});
