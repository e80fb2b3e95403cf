/**
 * Many jobs that share the limit of one account, on a simulated clock: the real code that carries out a plan, retries and
 * slows down (`src/session/obtain-sessions.ts`, `src/sts/`), against a model of the network and of STS. A machine would
 * need fifty processes to do the same in real time.
 */
import { type RateLimit, tokenBucket } from '../lab/rate-limit.ts';
import { completeRole } from '../src/aws/arn.ts';
import type { Session } from '../src/aws/session.ts';
import type { IdentityConfig } from '../src/config/config.ts';
import { heldCredentials } from '../src/identity/identity.ts';
import type { AssumeRoleRequest, Plan } from '../src/plan/plan.ts';
import { startDeadline } from '../src/platform/deadline.ts';
import { ActionError } from '../src/platform/errors.ts';
import { type AttemptLimit, DEFAULT_REFUSALS } from '../src/platform/retry.ts';
import { obtainSessions } from '../src/session/obtain-sessions.ts';
import type { StsContext } from '../src/sts/context.ts';
import { explainFailure } from '../src/sts/failures.ts';
import { Gate } from '../src/sts/gate.ts';
import { isThrottled, withRetries } from '../src/sts/retries.ts';
import type { Sts } from '../src/sts/sts.ts';
import { accountIds } from './fleet.ts';
import { SimulatedClock } from './simulated-clock.ts';

/** From a job to STS and back, in milliseconds. */
export const ROUND_TRIP_MS = 50;
const TIMEOUT_SECONDS = 60;

export interface CrowdFigures {
  readonly jobs: number;
  /** Jobs that lack at least one session. */
  readonly failedJobs: number;
  readonly requests: number;
  readonly throttled: number;
  /** Seconds until half of the jobs and the last one are done. */
  readonly medianSeconds: number;
  readonly lastSeconds: number;
}

interface Crowd extends AttemptLimit {
  readonly jobs: number;
  readonly accounts: number;
  readonly maxParallel: number;
  readonly limit: RateLimit;
}

export async function simulateCrowd(crowd: Crowd): Promise<CrowdFigures> {
  const clock = new SimulatedClock();
  const random = seededRandom(1);
  const isWithinLimit = tokenBucket(crowd.limit);
  let requests = 0;
  let throttled = 0;
  const answer = async (request: AssumeRoleRequest): Promise<Session> => {
    requests++;
    await clock.sleep((ROUND_TRIP_MS / 2) * (0.8 + random() * 0.4));
    const isAnswered = isWithinLimit(clock.now());
    await clock.sleep(ROUND_TRIP_MS / 2);
    if (isAnswered) return SESSION;
    throttled++;
    throw explainFailure(throttlingError(), { request, endpoint: 'https://sts.simulated' });
  };
  const job = async () => {
    const deadline = startDeadline(TIMEOUT_SECONDS, clock);
    const gate = new Gate({ ...crowd, isThrottled, clock, random, deadline, log: QUIET });
    const context = { ...crowd, refusals: DEFAULT_REFUSALS, deadline, clock, random, log: QUIET, gate };
    const sts: Pick<Sts, 'obtain'> = {
      obtain: (request) =>
        withRetries(request, context as unknown as StsContext, () => answer(request as AssumeRoleRequest)),
    };
    const outcomes = await obtainSessions(
      planOf(crowd.accounts),
      () => heldCredentials(SESSION.credentials),
      Promise.resolve(sts as Sts),
    );
    deadline.clear();
    const failed = [...outcomes.values()].some((outcome) => outcome instanceof ActionError);
    return { failed, seconds: clock.now() / 1000 };
  };
  const results = await clock.run(Promise.all(Array.from({ length: crowd.jobs }, job)));
  const times = results.map(({ seconds }) => seconds).toSorted((a, b) => a - b);
  return {
    jobs: crowd.jobs,
    failedJobs: results.filter(({ failed }) => failed).length,
    requests,
    throttled,
    medianSeconds: times[Math.floor(times.length / 2)] ?? 0,
    lastSeconds: times.at(-1) ?? 0,
  };
}

const nothing = () => {};
const QUIET = { debug: nothing, info: nothing, warning: nothing, group: nothing };

const SESSION: Session = {
  credentials: { accessKeyId: 'ASIA', secretAccessKey: '', sessionToken: '', expiration: undefined },
  arn: '',
  accountId: '',
  userId: '',
  requestId: '',
  answered: undefined,
};

/** A hub and the accounts that it leads to. */
function planOf(accounts: number): Plan {
  const requestIn = (account: string): AssumeRoleRequest => ({
    operation: 'AssumeRole',
    role: completeRole({ path: '/', name: 'deploy' }, 'aws', account),
    duration: { kind: 'seconds', seconds: 3600 },
    sessionName: 'simulated',
    inlinePolicy: undefined,
    policyArns: [],
    externalId: undefined,
    sourceIdentity: undefined,
    tags: [],
    transitiveTagKeys: [],
    mfa: undefined,
  });
  const identity = {} as IdentityConfig;
  return {
    nodes: [
      { id: 'hub', source: { kind: 'identity', identity }, request: requestIn('111111111111') },
      ...accountIds(accounts).map(
        (account) =>
          ({ id: account, source: { kind: 'node', id: 'hub' }, request: requestIn(account) }) as const,
      ),
    ],
    delivered: [],
  };
}

function throttlingError(): Error {
  const error = new Error('Rate exceeded');
  return Object.assign(error, { name: 'Throttling', $metadata: { httpStatusCode: 400 } });
}

/** The same numbers in each run (a linear congruential generator), so that the figures can be compared. */
function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
