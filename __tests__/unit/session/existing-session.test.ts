import { describe, expect, test } from '@jest/globals';
import { parseRoleArn } from '../../../src/aws/arn.ts';
import { DEFAULT_DURATION } from '../../../src/aws/durations.ts';
import type { Credentials } from '../../../src/aws/session.ts';
import type { GuardConfig } from '../../../src/config/config.ts';
import type { Identity } from '../../../src/identity/identity.ts';
import type { Delivered, Plan, SessionRequest } from '../../../src/plan/plan.ts';
import { ActionError } from '../../../src/platform/errors.ts';
import { existingSession } from '../../../src/session/existing-session.ts';
import type { Sts } from '../../../src/sts/sts.ts';

const NOW = Date.parse('2026-11-21T12:00:00Z');
const NO_GUARDS: GuardConfig = { allowedAccountIds: undefined, minimumRemainingSeconds: undefined };
const VARIABLES = {
  AWS_ACCESS_KEY_ID: 'ASIAFOUND',
  AWS_SECRET_ACCESS_KEY: 'found-secret',
  AWS_SESSION_TOKEN: 'found-token',
};
const DEPLOY = 'arn:aws:iam::111111111111:role/deploy';
const DELIVERED: Delivered = { node: 'wanted', region: 'eu-west-1', isDefault: true, profile: undefined };

function assumeRole(arn: string): SessionRequest {
  const role = parseRoleArn(arn);
  if (role === undefined) throw new TypeError(`not the ARN of a role: ${arn}`);
  return {
    operation: 'AssumeRoleWithWebIdentity',
    role,
    sessionName: 'GitHubActions',
    duration: DEFAULT_DURATION,
    inlinePolicy: undefined,
    policyArns: [],
  };
}

interface Situation {
  readonly guards?: GuardConfig;
  readonly delivered?: readonly Delivered[];
  readonly request?: SessionRequest;
  /** The ARN that STS names as the owner of the credentials. */
  readonly owner?: string;
  /** Seconds from now until the credentials expire; STS tells no expiration of credentials in variables. */
  readonly expiresIn?: number;
  readonly failure?: unknown;
}

/** What `existingSession` returns for credentials in variables, and what was masked and asked. */
async function existing(situation: Situation = {}) {
  const { guards = NO_GUARDS, delivered = [DELIVERED], request = assumeRole(DEPLOY) } = situation;
  const { owner = 'arn:aws:sts::111111111111:assumed-role/deploy/x', expiresIn, failure } = situation;
  const masks: string[] = [];
  const asked: string[] = [];
  const sts: Sts = {
    now: () => NOW,
    load: () => ({ underWay: 0, throttled: 0 }),
    async obtain({ operation }, identity: Identity) {
      if (identity.kind !== 'credentials') throw new TypeError(`identity ${identity.kind}`);
      const credentials: Credentials = await identity.credentials();
      asked.push(`${operation} of ${credentials.accessKeyId}`);
      if (failure !== undefined) throw failure;
      const expiration = expiresIn === undefined ? undefined : new Date(NOW + expiresIn * 1000);
      const [, , , , accountId = ''] = owner.split(':');
      return {
        credentials: { ...credentials, expiration },
        arn: owner,
        accountId,
        userId: '',
        requestId: '',
      };
    },
  };
  const source = {
    kind: 'identity',
    identity: { kind: 'ambient', insteadOfOidc: false, ignoreVariables: false },
  };
  const before = { id: 'before', source, request: assumeRole('arn:aws:iam::111111111111:role/hub') };
  const plan = { nodes: [before, { id: 'wanted', source, request }], delivered } as Plan;
  const host = { env: VARIABLES, runner: { mask: (secret: string) => masks.push(secret) } };
  const found = await existingSession({ region: 'eu-west-1', guards }, plan, host, sts);
  return { found, masks, asked };
}

test('the credentials in variables, when they belong to the configured role; their secrets are masked', async () => {
  const { found, masks, asked } = await existing();
  expect(found).toMatchObject({ ...DELIVERED, session: { credentials: { accessKeyId: 'ASIAFOUND' } } });
  expect(masks).toEqual(['found-secret', 'found-token']);
  expect(asked).toEqual(['GetCallerIdentity of ASIAFOUND']);
});

test('a request without a role accepts any owner', async () => {
  const { found } = await existing({
    request: { operation: 'GetCallerIdentity' },
    owner: 'arn:aws:iam::222222222222:user/alice',
  });
  expect(found).toHaveProperty('session.arn', 'arn:aws:iam::222222222222:user/alice');
});

describe('no session, and why', () => {
  test('several profiles: nothing is asked', async () => {
    const { found, asked } = await existing({ delivered: [DELIVERED, DELIVERED] });
    expect({ found, asked }).toEqual({ found: 'several profiles are configured.', asked: [] });
  });

  test.each([
    [
      'another role',
      { owner: 'arn:aws:sts::111111111111:assumed-role/other/x' },
      `they belong to arn:aws:sts::111111111111:assumed-role/other/x, not to ${DEPLOY}.`,
    ],
    ['an owner that STS does not name', { owner: '' }, `they belong to an unknown role, not to ${DEPLOY}.`],
    [
      'an account that is not allowed',
      { guards: { ...NO_GUARDS, allowedAccountIds: ['222222222222'] } },
      'The session belongs to an account that is not in allowed-account-ids. [ACCOUNT_NOT_ALLOWED]',
    ],
    [
      'a minimum, and an expiration that nobody knows',
      { guards: { ...NO_GUARDS, minimumRemainingSeconds: 900 } },
      'minimum-remaining-seconds cannot be checked: the expiration of the session is unknown. [SESSION_TOO_SHORT]',
    ],
    [
      'less time than the minimum',
      { guards: { ...NO_GUARDS, minimumRemainingSeconds: 900 }, expiresIn: 899 },
      'The session expires sooner than minimum-remaining-seconds allows. [SESSION_TOO_SHORT]',
    ],
    [
      'an error of STS: its first line',
      { failure: new ActionError('STS_FAILED', { problem: 'Why.', found: 'f', expected: 'e', remedy: 'r' }) },
      'Why. [STS_FAILED]',
    ],
    ['an error that is not ours: its name alone', { failure: new RangeError('found-secret') }, 'RangeError'],
  ])('%s', async (_, situation: Situation, reason) => {
    expect((await existing(situation)).found).toBe(reason);
  });

  test('exactly the minimum is enough', async () => {
    const { found } = await existing({
      guards: { ...NO_GUARDS, minimumRemainingSeconds: 900 },
      expiresIn: 900,
    });
    expect(found).toHaveProperty('session.accountId', '111111111111');
  });
});
