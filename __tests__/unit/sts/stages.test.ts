import { describe, expect, test } from '@jest/globals';
import type { Session } from '../../../src/aws/session.ts';
import { heldCredentials, type WebIdentity } from '../../../src/identity/identity.ts';
import type { SessionRequest } from '../../../src/plan/plan.ts';
import { systemClock } from '../../../src/platform/clock.ts';
import type { Log } from '../../../src/platform/runner/runner.ts';
import type { Attempt } from '../../../src/sts/context.ts';
import { withDuration } from '../../../src/sts/duration.ts';
import { explainFailure } from '../../../src/sts/failures.ts';
import { withOwner } from '../../../src/sts/owner.ts';
import { withCorrections } from '../../../src/sts/retries.ts';
import { ServerClock } from '../../../src/sts/server-clock.ts';
import { withTagsThatFit } from '../../../src/sts/tags-that-fit.ts';
import { requestOf } from './requests.ts';

const SESSION: Session = {
  credentials: {
    accessKeyId: 'ASIA',
    secretAccessKey: 'secret',
    sessionToken: 'token',
    expiration: new Date(0),
  },
  arn: 'arn:aws:sts::111111111111:assumed-role/deploy/test',
  accountId: '111111111111',
  userId: 'AROA:test',
  requestId: 'r',
};
const quiet = () => {};
const LOG: Log = { debug: quiet, info: quiet, warning: quiet, group: quiet };
const KEYS = heldCredentials(SESSION.credentials);

/** A failure of STS, as the stages see it. */
function failure(name: string, message: string, date?: string): Error {
  const $response = { headers: { date } };
  const error = Object.assign(new Error(message), { name, $metadata: { httpStatusCode: 400 }, $response });
  return explainFailure(error, {
    endpoint: 'https://sts.test',
    request: requestOf('AssumeRoleWithWebIdentity'),
  });
}

/** An attempt with these outcomes, one after the other, and the requests to it. */
function attempts(...outcomes: (Session | Error)[]): { attempt: Attempt; requests: SessionRequest[] } {
  const requests: SessionRequest[] = [];
  const attempt: Attempt = async (request) => {
    const outcome = outcomes[requests.push(request) - 1];
    if (outcome === undefined || outcome instanceof Error) throw outcome ?? new Error('one attempt too many');
    return outcome;
  };
  return { attempt, requests };
}

const hoursAhead = (hours: number) => new Date(Date.now() + hours * 3_600_000).toUTCString();
const untimely = () => failure('SignatureDoesNotMatch', 'Signature expired: x', hoursAhead(1));

describe('corrections', () => {
  const tooLate = failure('ExpiredTokenException', 'Token expired', hoursAhead(1));
  const offsets = async (identity: WebIdentity | typeof KEYS, ...outcomes: (Session | Error)[]) => {
    const { attempt } = attempts(...outcomes);
    const seen: number[] = [];
    const once = (offsetMs: number) => {
      seen.push(Math.round(offsetMs / 3_600_000));
      return attempt(requestOf('AssumeRole'));
    };
    const error = await withCorrections(identity, new ServerClock(systemClock, LOG), once).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    return { seen, error };
  };

  test('the time of STS, once', async () => {
    expect(await offsets(KEYS, untimely(), SESSION)).toEqual({ seen: [0, 1], error: undefined });
    expect((await offsets(KEYS, untimely(), untimely())).seen).toEqual([0, 1]);
  });

  test('an expired token does not show the time', async () => {
    expect(await offsets(KEYS, tooLate, SESSION)).toEqual({ seen: [0], error: tooLate });
  });

  test('the other audience, if there is one', async () => {
    const rejected = failure('InvalidIdentityToken', 'Incorrect token audience');
    const identity = (other: boolean): WebIdentity => ({
      kind: 'web-identity',
      token: async () => ({ jwt: '', claims: {} }),
      presented: () => undefined,
      tryOtherAudience: () => other,
    });
    expect((await offsets(identity(true), rejected, SESSION)).seen).toHaveLength(2);
    expect(await offsets(identity(false), rejected, SESSION)).toEqual({ seen: [0], error: rejected });
  });
});

test('a session that is cut short is requested again when the clock turns out to be wrong', async () => {
  const clock = new ServerClock(systemClock, LOG);
  const ends: string[] = [];
  const request = { ...requestOf('AssumeRole'), duration: { kind: 'cut', seconds: 60 } } as const;
  await withDuration(request, clock, LOG, async (sent) => {
    ends.push(
      /"aws:CurrentTime":"([^"]+)/.exec(('inlinePolicy' in sent && sent.inlinePolicy) || '')?.[1] ?? '',
    );
    expect(sent).toMatchObject({ duration: { kind: 'seconds', seconds: 900 } });
    clock.correct(hoursAhead(1), 0);
    return SESSION;
  });
  const [first = '', second = ''] = ends;
  expect(ends).toHaveLength(2);
  expect(Date.parse(second) - Date.parse(first)).toBeGreaterThan(3_500_000);
});

test('tags are left out, the lesser ones first; the tags of the user stay', async () => {
  const tooLarge = failure('PackedPolicyTooLarge', 'x');
  const tags = [
    { key: 'Team', value: 'x', optional: false },
    { key: 'GitHub', value: 'x', optional: true },
    { key: 'Job', value: 'x', optional: true, lesser: true },
  ];
  const { attempt, requests } = attempts(tooLarge, tooLarge, tooLarge);
  await expect(withTagsThatFit({ ...requestOf('AssumeRole'), tags }, LOG, attempt)).rejects.toBe(tooLarge);
  const keys = requests.map((request) => 'tags' in request && request.tags.map(({ key }) => key).join());
  expect(keys).toEqual(['Team,GitHub,Job', 'Team,GitHub', 'Team']);
});

describe('the owner of a session', () => {
  const without = { ...SESSION, arn: '', accountId: '', userId: '' };
  const refused = failure('AccessDenied', 'x');

  test('of GetSessionToken is required', async () => {
    const { attempt } = attempts(without);
    const whoami = async () => Promise.reject(refused);
    await expect(withOwner(requestOf('GetSessionToken'), LOG, attempt, whoami)).rejects.toBe(refused);
  });

  test('of another operation is optional', async () => {
    const limits: (number | undefined)[] = [];
    const whoami = async (_: unknown, limit?: number) => {
      limits.push(limit);
      throw refused;
    };
    const { attempt } = attempts(without);
    expect(await withOwner(requestOf('AssumeRole'), LOG, attempt, whoami)).toBe(without);
    expect(limits).toEqual([2]);
  });
});
