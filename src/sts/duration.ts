import type { SessionDuration } from '../aws/durations.ts';
import {
  MAX_INLINE_POLICY_CHARACTERS,
  MAX_ROLE_SECONDS,
  MIN_SESSION_SECONDS as MIN_SECONDS,
} from '../aws/limits.ts';
import type { SessionPolicies } from '../aws/policies.ts';
import type { Session } from '../aws/session.ts';
import type { SessionRequest } from '../plan/plan.ts';
import type { Clock } from '../platform/clock.ts';
import { ActionError } from '../platform/errors.ts';
import type { Log } from '../platform/runner/runner.ts';

const HOUR = 3600;

/** Asks for one session of `seconds`, narrowed by `policies`. */
export type Attempt = (seconds: number, policies: SessionPolicies) => Promise<Session>;

/**
 * Obtains a session as long as was wished.
 *
 * @throws ActionError what `attempt` throws; `INVALID_INPUT` when the policy that cuts a session short has no room
 */
export async function withDuration(
  request: SessionRequest & { readonly duration: SessionDuration },
  clock: Pick<Clock, 'now'>,
  log: Log,
  attempt: Attempt,
): Promise<Session> {
  const { duration } = request;
  const policies: SessionPolicies =
    'policyArns' in request ? request : { inlinePolicy: undefined, policyArns: [] };
  switch (duration.kind) {
    case 'seconds':
      return attempt(duration.seconds, policies);
    case 'cut': {
      const end = new Date(clock.now() + duration.seconds * 1000);
      const session = await attempt(MIN_SECONDS, withEnd(policies, end));
      return { ...session, credentials: { ...session.credentials, expiration: end } };
    }
    case 'longest': {
      const limit =
        'role' in request ? Math.min(duration.limitSeconds, MAX_ROLE_SECONDS) : duration.limitSeconds;
      const { session, hours } = await longest(limit / HOUR, (asked) => attempt(asked * HOUR, policies));
      log.info(`role-duration-seconds: max gave ${hours} h.`);
      return session;
    }
  }
}

/**
 * The longest session by whole hours. The most is tried first, as it costs one request where the role allows it; then
 * the rest is halved, so that a role that allows the usual hour takes five requests and not twelve.
 */
async function longest(
  maxHours: number,
  attempt: (hours: number) => Promise<Session>,
): Promise<{ session: Session; hours: number }> {
  const tooLong = (error: unknown) => error instanceof ActionError && error.code === 'STS_DURATION_TOO_LONG';
  let refused = maxHours;
  let best: { session: Session; hours: number };
  try {
    return { session: await attempt(maxHours), hours: maxHours };
  } catch (error) {
    if (!tooLong(error)) throw error;
    // Every role allows an hour; when even that is refused, the error is the answer.
    best = { session: await attempt(1), hours: 1 };
  }
  while (refused - best.hours > 1) {
    const hours = Math.floor((best.hours + refused) / 2);
    try {
      best = { session: await attempt(hours), hours };
    } catch (error) {
      if (!tooLong(error)) throw error;
      refused = hours;
    }
  }
  return best;
}

/**
 * Policies that deny everything after `end`. Session policies grant what any of them allows, so a statement that
 * allows all is added only where there would be no other policy to allow anything.
 */
export function withEnd({ inlinePolicy, policyArns }: SessionPolicies, end: Date): SessionPolicies {
  const deny = {
    Effect: 'Deny',
    Action: '*',
    Resource: '*',
    Condition: { DateGreaterThan: { 'aws:CurrentTime': end.toISOString().replace(/\.\d+Z$/, 'Z') } },
  };
  const own = inlinePolicy === undefined ? undefined : (JSON.parse(inlinePolicy) as { Statement: unknown });
  const allow = policyArns.length > 0 ? [] : [{ Effect: 'Allow', Action: '*', Resource: '*' }];
  const document =
    own === undefined
      ? { Version: '2012-10-17', Statement: [...allow, deny] }
      : { ...own, Statement: [own.Statement, deny].flat() };
  const merged = JSON.stringify(document);
  if (merged.length > MAX_INLINE_POLICY_CHARACTERS) {
    throw new ActionError('INVALID_INPUT', {
      problem: 'The inputs role-duration-seconds and inline-session-policy do not fit together.',
      found: `${merged.length} characters of policy, with the statement that ends a session of less than ${MIN_SECONDS} s`,
      expected: `at most ${MAX_INLINE_POLICY_CHARACTERS} characters`,
      remedy: `Shorten inline-session-policy, or ask for ${MIN_SECONDS} seconds or more.`,
    });
  }
  return { inlinePolicy: merged, policyArns };
}
