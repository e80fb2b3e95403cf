import type { SessionDuration } from '../aws/durations.ts';
import { MAX_INLINE_POLICY_CHARACTERS, MAX_ROLE_SECONDS, MIN_SESSION_SECONDS } from '../aws/limits.ts';
import type { SessionPolicies } from '../aws/policies.ts';
import type { Session } from '../aws/session.ts';
import type { SessionRequest } from '../plan/plan.ts';
import { ActionError } from '../platform/errors.ts';
import type { Log } from '../platform/runner/runner.ts';
import type { Attempt } from './context.ts';
import type { ServerClock } from './server-clock.ts';

const HOUR = 3600;

type Timed = Extract<SessionRequest, { duration: SessionDuration }>;

/**
 * Settles the duration of a session: `attempt` gets requests for a number of seconds.
 *
 * @throws ActionError what `attempt` throws; `INVALID_INPUT` when the policy that cuts a session short is too long
 */
export async function withDuration(
  request: SessionRequest,
  clock: ServerClock,
  log: Log,
  attempt: Attempt,
): Promise<Session> {
  if (!('duration' in request)) return attempt(request);
  const { duration } = request;
  switch (duration.kind) {
    case 'seconds':
      return attempt(request);
    case 'cut':
      return cutShort(request, duration.seconds, clock, attempt);
    case 'longest': {
      const limit =
        'role' in request ? Math.min(duration.limitSeconds, MAX_ROLE_SECONDS) : duration.limitSeconds;
      const asked = (hours: number) => attempt(lasting(request, hours * HOUR));
      const { session, hours } = await longest(limit / HOUR, asked);
      log.info(`role-duration-seconds: max is ${hours} h for this session.`);
      return session;
    }
  }
}

function lasting(request: Timed, seconds: number): Timed {
  return { ...request, duration: { kind: 'seconds', seconds } };
}

/** A session shorter than the minimum: a session policy denies everything after `seconds`. */
async function cutShort(
  request: Timed,
  seconds: number,
  clock: ServerClock,
  attempt: Attempt,
): Promise<Session> {
  if (!('policyArns' in request)) throw new TypeError(`${request.operation} takes no session policy`);
  const { offsetMs } = clock;
  const end = new Date(clock.now() + seconds * 1000);
  const session = await attempt({ ...lasting(request, MIN_SESSION_SECONDS), ...withEnd(request, end) });
  // The attempt showed that the clock behind the policy was wrong.
  if (clock.offsetMs !== offsetMs) return cutShort(request, seconds, clock, attempt);
  return { ...session, credentials: { ...session.credentials, expiration: end } };
}

/** The longest session in whole hours: the maximum first, then by halving, in five requests and not twelve. */
async function longest(
  maxHours: number,
  attempt: (hours: number) => Promise<Session>,
): Promise<{ session: Session; hours: number }> {
  const ifAllowed = async (hours: number) => {
    try {
      return { session: await attempt(hours), hours };
    } catch (error) {
      if (error instanceof ActionError && error.code === 'STS_DURATION_TOO_LONG') return undefined;
      throw error;
    }
  };
  const first = await ifAllowed(maxHours);
  if (first !== undefined) return first;
  let tooLong = maxHours;
  // Every role allows one hour; if STS rejects even that, its error is the result.
  let best = { session: await attempt(1), hours: 1 };
  while (tooLong - best.hours > 1) {
    const hours = Math.floor((best.hours + tooLong) / 2);
    const longer = await ifAllowed(hours);
    if (longer === undefined) tooLong = hours;
    else best = longer;
  }
  return best;
}

/**
 * Policies that deny everything after `end`. Session policies grant what any of them allows, so a statement that
 * allows everything is added only where no other policy allows anything.
 */
function withEnd({ inlinePolicy, policyArns }: SessionPolicies, end: Date): SessionPolicies {
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
      found: `a policy of ${merged.length} characters, with the statement that cuts sessions below ${MIN_SESSION_SECONDS} s short`,
      expected: `at most ${MAX_INLINE_POLICY_CHARACTERS} characters`,
      remedy: `Shorten inline-session-policy, or set role-duration-seconds to at least ${MIN_SESSION_SECONDS}.`,
    });
  }
  return { inlinePolicy: merged, policyArns };
}
