import type { STSClient } from '@aws-sdk/client-sts';
import { accountOfArn } from '../aws/arn.ts';
import type { Credentials } from '../aws/credentials.ts';
import type { StsEndpoint } from '../aws/endpoints.ts';
import type { Session } from '../aws/session.ts';
import { heldCredentials, type Identity } from '../identity/identity.ts';
import { type SessionRequest, targetOf } from '../plan/plan.ts';
import type { Clock } from '../platform/clock.ts';
import type { Deadline } from '../platform/deadline.ts';
import { ActionError } from '../platform/errors.ts';
import type { AgentsFor } from '../platform/http/agents.ts';
import { type RefusalPolicy, withRetry } from '../platform/retry.ts';
import type { Log } from '../platform/runner/runner.ts';
import { nameOfError } from '../platform/trace.ts';
import { assumeRole } from './assume-role.ts';
import { assumeRoleWithSaml } from './assume-role-with-saml.ts';
import { assumeRoleWithWebIdentity } from './assume-role-with-web-identity.ts';
import { createClient } from './client.ts';
import { withDuration } from './duration.ts';
import { Failover } from './failover.ts';
import { explainFailure, incomplete, StsFailure } from './failures.ts';
import { getCallerIdentity } from './get-caller-identity.ts';
import { getFederationToken } from './get-federation-token.ts';
import { getSessionToken } from './get-session-token.ts';
import type { SendOptions, StsAnswer } from './operation.ts';
import { withPlainSecret } from './plain-secret.ts';
import { ServerClock } from './server-clock.ts';
import { withTagsThatFit } from './tags-that-fit.ts';
import type { UserAgent } from './user-agent.ts';

export interface StsOptions {
  /** In the order in which they are tried. */
  readonly endpoints: readonly [StsEndpoint, ...StsEndpoint[]];
  readonly agentsFor: AgentsFor;
  readonly maxAttempts: number;
  readonly refusals: RefusalPolicy;
  readonly deadline: Deadline;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  readonly mask: (secret: string) => void;
  readonly maskAccessKeyId: boolean;
  readonly maskAccountId: boolean;
  /** Which job asks, for CloudTrail. */
  readonly userAgent: UserAgent;
  /** Ask for sessions until the secret access key has letters and digits only. */
  readonly plainSecret: boolean;
}

/** The Security Token Service. */
export interface Sts {
  /**
   * Obtains one session, trying again as `retry.ts` says. Its secrets are masked before this resolves.
   *
   * @throws ActionError with one of the `STS_…` codes, `DEADLINE_EXCEEDED`, or what the identity throws
   */
  obtain(request: SessionRequest, identity: Identity): Promise<Session>;
  /** The time as STS has it, as far as that is known, in milliseconds since 1970. */
  now(): number;
}

/** Tries to learn whose a session is: it is good without that. */
const OWNER_ATTEMPTS = 2;

/** Sends one request through `client`; what comes back is a session, or throws as the SDK does. */
type Send = (client: STSClient, http: SendOptions['http']) => Promise<Session>;

export function createSts(options: StsOptions): Sts {
  const { deadline, log, clock } = options;
  const failover = new Failover(options.endpoints, log);
  const serverClock = new ServerClock(clock, log);

  /** One request, with retries, failover, and the other audience or the right time where that is the cause. */
  async function request(
    call: SessionRequest,
    identity: Identity,
    prepare: () => Promise<Send>,
    maxAttempts = options.maxAttempts,
  ): Promise<Session> {
    let signedWithMs = serverClock.offsetMs;
    const clients = new Map<string, STSClient>();
    const credentials = identity.kind === 'credentials' ? await identity.credentials() : undefined;
    const once = async () => {
      const endpoint = failover.current();
      const agents = await options.agentsFor(new URL(endpoint.url));
      const client =
        clients.get(endpoint.url) ??
        createClient(endpoint, agents, credentials, signedWithMs, options.userAgent);
      clients.set(endpoint.url, client);
      const send = await prepare();
      const startedAt = clock.now();
      const note = (outcome: string) =>
        log.debug(
          `${call.operation} of ${targetOf(call)} at ${endpoint.url}: ${clock.now() - startedAt} ms, ${outcome}`,
        );
      try {
        const session = await send(client, { abortSignal: deadline.signal });
        // Before any guard or debug line can name it.
        if (options.maskAccountId && session.accountId !== '') options.mask(session.accountId);
        failover.reached(endpoint);
        note(requestIn(session.requestId) || 'answered');
        return session;
      } catch (error) {
        note(`failed: ${nameOf(error)}`);
        if (deadline.signal.aborted) throw deadline.exceeded();
        const explained = explainFailure(error, {
          request: call,
          endpoint: endpoint.url,
          region: endpoint.region,
        });
        if (explained instanceof StsFailure && explained.unreachable) failover.unreachable(endpoint);
        else failover.reached(endpoint);
        throw explained;
      }
    };
    const tries = () =>
      withRetry(once, {
        ...options,
        maxAttempts,
        classify: (error) => (error instanceof StsFailure ? error.failure : 'final'),
        onRetry: ({ attempt, failure, delayMs, error, leftMs }) => {
          const waiting = leftMs === undefined ? '' : `, ${Math.ceil(leftMs / 1000)} s left of wait-for-role`;
          log.info(
            `${call.operation} of ${targetOf(call)}: try ${attempt} failed (${failure}: ${reason(error)}); next in ${Math.ceil(delayMs)} ms${waiting}.`,
          );
        },
      });
    try {
      return await tries();
    } catch (error) {
      const refused = error instanceof ActionError && error.code === 'STS_AUDIENCE_REFUSED';
      if (refused && identity.kind === 'web-identity' && identity.tryOtherAudience()) return tries();
      const untimely = error instanceof StsFailure && error.hint === 'clock';
      if (untimely && serverClock.correct(dateOf(error.cause), signedWithMs)) {
        signedWithMs = serverClock.offsetMs;
        clients.clear();
        return tries();
      }
      throw error;
    }
  }

  /** Asks whose `credentials` are. */
  function whoami(credentials: Credentials, maxAttempts?: number): Promise<Session> {
    const call = { operation: 'GetCallerIdentity' } as const;
    const send: Send = async (client, http) => {
      const answer = await getCallerIdentity(client, { http });
      if (!answer.Arn || !answer.Account) {
        const missing = (['Arn', 'Account'] as const).filter((name) => !answer[name]);
        throw incomplete(call, answer.$metadata.requestId, missing);
      }
      return {
        credentials,
        arn: answer.Arn,
        accountId: answer.Account,
        userId: answer.UserId ?? '',
        requestId: answer.$metadata.requestId ?? '',
      };
    };
    return request(call, heldCredentials(credentials), async () => send, maxAttempts);
  }

  /** Whose a session is that came without its ARN; unknown where nobody says, as with some stores that speak S3. */
  async function withOwner(session: Session, { operation }: SessionRequest): Promise<Session> {
    try {
      // GetSessionToken never says it, and STS always answers the question.
      const tries = operation === 'GetSessionToken' ? undefined : OWNER_ATTEMPTS;
      const { arn, accountId, userId } = await whoami(session.credentials, tries);
      return { ...session, arn, accountId, userId };
    } catch (error) {
      if (operation === 'GetSessionToken' || !(error instanceof StsFailure)) throw error;
      log.warning(
        `${operation} gave credentials without the session's ARN, and GetCallerIdentity does not tell it either (${error.code}). Account and ARN stay empty; allowed-account-ids cannot be checked.`,
      );
      return session;
    }
  }

  async function obtain(call: SessionRequest, identity: Identity): Promise<Session> {
    if (call.operation === 'GetCallerIdentity') return whoami(await credentialsOf(identity));
    const wished = () =>
      withTagsThatFit('tags' in call ? call.tags : [], log, (tags) =>
        withDuration(call, serverClock, log, (seconds, policies) =>
          request(call, identity, async () => {
            const settings = { seconds, policies, tags, now: serverClock.now() };
            const send = await prepare(call, identity, settings);
            return async (client, http) => toSession(await send(client, http), call, options);
          }),
        ),
      );
    const { offsetMs } = serverClock;
    const first = await wished();
    // The policy that ends the session was made with a clock that turned out to be wrong.
    const outdated = call.duration.kind === 'cut' && serverClock.offsetMs !== offsetMs;
    const session = outdated ? await wished() : first;
    return session.arn === '' ? withOwner(session, call) : session;
  }

  return {
    now: () => serverClock.now(),
    obtain: (call, identity) =>
      options.plainSecret && call.operation !== 'GetCallerIdentity'
        ? withPlainSecret(() => obtain(call, identity))
        : obtain(call, identity),
  };
}

async function credentialsOf(identity: Identity): Promise<Credentials> {
  if (identity.kind !== 'credentials')
    throw new TypeError(`an identity of kind ${identity.kind} has no credentials`);
  return identity.credentials();
}

/** A request, ready to send. A token is asked for at every try, since the last one may have ended meanwhile. */
async function prepare(
  request: Exclude<SessionRequest, { operation: 'GetCallerIdentity' }>,
  identity: Identity,
  settings: Omit<SendOptions, 'http'>,
): Promise<(client: STSClient, http: SendOptions['http']) => Promise<StsAnswer>> {
  switch (request.operation) {
    case 'AssumeRoleWithWebIdentity': {
      if (identity.kind !== 'web-identity') throw new TypeError(`${request.operation} needs a web identity`);
      const { jwt } = await identity.token();
      return (client, http) => assumeRoleWithWebIdentity(client, request, jwt, { ...settings, http });
    }
    case 'AssumeRoleWithSAML':
      if (identity.kind !== 'saml') throw new TypeError(`${request.operation} needs a SAML assertion`);
      return (client, http) => assumeRoleWithSaml(client, request, identity, { ...settings, http });
    case 'AssumeRole':
      return (client, http) => assumeRole(client, request, { ...settings, http });
    case 'GetSessionToken':
      return (client, http) => getSessionToken(client, request, { ...settings, http });
    case 'GetFederationToken':
      return (client, http) => getFederationToken(client, request, { ...settings, http });
  }
}

/** Masks what is secret in an answer, then makes a session of it. */
function toSession(
  answer: StsAnswer,
  request: SessionRequest,
  { mask, maskAccessKeyId, clock }: StsOptions,
): Session {
  const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = answer.Credentials ?? {};
  for (const secret of [SecretAccessKey, SessionToken, maskAccessKeyId ? AccessKeyId : undefined]) {
    if (secret !== undefined) mask(secret);
  }
  const { requestId = '', date } = answer.$metadata;
  const arn = answer.AssumedRoleUser?.Arn ?? answer.FederatedUser?.Arn ?? '';
  const userId = answer.AssumedRoleUser?.AssumedRoleId ?? answer.FederatedUser?.FederatedUserId ?? '';
  if (!AccessKeyId || !SecretAccessKey || !SessionToken || Expiration === undefined) {
    const members = { AccessKeyId, SecretAccessKey, SessionToken, Expiration };
    const missing = Object.entries(members).flatMap(([name, value]) => (value ? [] : `Credentials.${name}`));
    throw incomplete(request, requestId, missing);
  }
  return {
    credentials: {
      accessKeyId: AccessKeyId,
      secretAccessKey: SecretAccessKey,
      sessionToken: SessionToken,
      expiration: Expiration,
    },
    arn,
    accountId: accountOfArn(arn),
    userId,
    requestId,
    answered: date === undefined ? undefined : { sts: date, here: clock.now() },
  };
}

/** When STS gave the answer that the SDK made this error of, as its header says. */
function dateOf(error: unknown): string | undefined {
  const { $response } = error as { $response?: { headers?: Readonly<Record<string, string>> } };
  return $response?.headers?.date;
}

/** An error's name and the request it belongs to; its text may quote what nobody has masked. */
function nameOf(error: unknown): string {
  const { $metadata } = error as { $metadata?: { requestId?: string } };
  return [nameOfError(error), requestIn($metadata?.requestId)].filter((part) => part !== '').join(', ');
}

/** For debug lines, which hold nothing of an answer but what looks like the id of a request. */
function requestIn(id: string | undefined): string {
  return id !== undefined && /^[\da-f-]{36}$/i.test(id) ? `request ${id}` : '';
}

function reason(error: unknown): string {
  if (!(error instanceof StsFailure)) return 'unknown';
  return error.cause instanceof Error && error.cause.name !== 'Error' ? nameOfError(error.cause) : error.code;
}
