import type { StsEndpoint } from '../aws/endpoints.ts';
import type { Session } from '../aws/session.ts';
import type { SessionRequest } from '../plan/plan.ts';
import type { Clock } from '../platform/clock.ts';
import type { Deadline } from '../platform/deadline.ts';
import type { HttpSend } from '../platform/http/http.ts';
import type { AttemptLimit, RefusalPolicy } from '../platform/retry.ts';
import type { Log } from '../platform/runner/runner.ts';
import type { Failover } from './failover.ts';
import type { Gate } from './gate.ts';
import type { ServerClock } from './server-clock.ts';

export interface StsOptions extends AttemptLimit {
  /** In the order of preference. */
  readonly endpoints: readonly [StsEndpoint, ...StsEndpoint[]];
  readonly http: HttpSend;
  readonly refusals: RefusalPolicy;
  /** The maximum of requests at once. */
  readonly maxParallel: number;
  readonly deadline: Deadline;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  readonly mask: (secret: string) => void;
  readonly maskAccessKeyId: boolean;
  readonly maskAccountId: boolean;
  readonly userAgent: string;
  readonly plainSecret: boolean;
}

export interface StsContext extends StsOptions {
  readonly failover: Failover;
  readonly gate: Gate;
  readonly serverClock: ServerClock;
}

/** A stage below another: obtains the session of a request. */
export type Attempt = (request: SessionRequest) => Promise<Session>;
