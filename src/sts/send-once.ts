import type { Credentials, Session } from '../aws/session.ts';
import type { Identity } from '../identity/identity.ts';
import { type SessionRequest, targetOf } from '../plan/plan.ts';
import { nameOfError } from '../platform/trace.ts';
import { send } from './client.ts';
import type { StsContext, StsOptions } from './context.ts';
import { commandFor, ownerIn, type StsAnswer } from './operations.ts';
import { StsFailure } from './sts-failure.ts';

/**
 * Sends one request to the current endpoint, and masks the secrets in the answer.
 *
 * @param clockOffsetMs milliseconds to add to the runner's clock for the signature
 * @throws ActionError what the identity throws, `DEADLINE_EXCEEDED`, or an {@link StsFailure}
 */
export async function sendOnce(
  request: SessionRequest,
  identity: Identity,
  clockOffsetMs: number,
  context: StsContext,
): Promise<Session> {
  const { failover, deadline, clock, log, http, userAgent } = context;
  const endpoint = failover.current();
  const credentials = identity.kind === 'credentials' ? await identity.credentials() : undefined;
  const command = await commandFor(request, identity, context.serverClock.now());
  const startedAt = clock.now();
  const note = (outcome: string) => {
    const ms = clock.now() - startedAt;
    log.debug(`${request.operation} for ${targetOf(request)} at ${endpoint.url}: ${ms} ms, ${outcome}`);
  };
  try {
    const { signal } = deadline;
    const signingDate = new Date(startedAt + clockOffsetMs);
    const sending = { endpoint, http, credentials, signingDate, userAgent, signal };
    const answer = await send(command, sending);
    const session = await sessionFrom(answer, request, credentials, context);
    failover.reached(endpoint);
    note(`succeeded${requestIn(session.requestId)}`);
    const { date } = answer.$metadata;
    return { ...session, answered: date === undefined ? undefined : { sts: date, here: startedAt } };
  } catch (error) {
    const { $metadata } = error as { $metadata?: StsAnswer['$metadata'] };
    note(`failed: ${nameOfError(error)}${requestIn($metadata?.requestId)}`);
    if (deadline.signal.aborted) throw deadline.exceeded();
    const claims = identity.kind === 'web-identity' ? identity.presented() : undefined;
    const { url, region } = endpoint;
    // Loaded only now: the table of failures is as large as the rest of this room.
    const { explainFailure } = await import('./failures.ts');
    const failure = explainFailure(error, { request, endpoint: url, region, claims });
    if (failure instanceof StsFailure && failure.unreachable) failover.unreachable(endpoint);
    else failover.reached(endpoint);
    throw failure;
  }
}

/** The request ID for a debug line. Anything of another form could be a secret in the answer that is not masked. */
function requestIn(id: string | undefined): string {
  return id !== undefined && /^[\da-f-]{36}$/i.test(id) ? `, request ${id}` : '';
}

/**
 * Masks the secrets in an answer, and makes a session from it.
 *
 * @param signedWith the credentials that signed the request: those of the session that GetCallerIdentity names
 * @throws ActionError `STS_ANSWER_UNREADABLE` when a member is missing
 */
async function sessionFrom(
  answer: StsAnswer,
  request: SessionRequest,
  signedWith: Credentials | undefined,
  options: StsOptions,
): Promise<Session> {
  maskSecrets(answer, options);
  const { requestId = '' } = answer.$metadata;
  const credentials = request.operation === 'GetCallerIdentity' ? signedWith : issuedIn(answer);
  const missing = missingIn(answer, request);
  if (credentials === undefined || missing.length > 0) {
    const { incomplete } = await import('./failures.ts');
    throw incomplete(request, requestId, missing);
  }
  const owner = ownerIn(answer, request);
  if (options.maskAccountId && owner.accountId !== '') options.mask(owner.accountId);
  return { credentials, ...owner, requestId };
}

function maskSecrets({ Credentials = {} }: StsAnswer, { mask, maskAccessKeyId }: StsOptions): void {
  const { AccessKeyId, SecretAccessKey, SessionToken } = Credentials;
  for (const secret of [SecretAccessKey, SessionToken, maskAccessKeyId && AccessKeyId])
    if (secret) mask(secret);
}

function issuedIn({ Credentials = {} }: StsAnswer): Credentials | undefined {
  const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = Credentials;
  if (!AccessKeyId || !SecretAccessKey) return undefined;
  return {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    sessionToken: SessionToken,
    expiration: Expiration,
  };
}

function missingIn({ Arn, Account, Credentials }: StsAnswer, { operation }: SessionRequest): string[] {
  const absent = (members: object) => Object.entries(members).flatMap(([name, value]) => (value ? [] : name));
  if (operation === 'GetCallerIdentity') return absent({ Arn, Account });
  const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = Credentials ?? {};
  const members = { AccessKeyId, SecretAccessKey, SessionToken, Expiration };
  return absent(members).map((name) => `Credentials.${name}`);
}
