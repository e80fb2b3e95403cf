import type { AssumeRoleCommand } from '@aws-sdk/client-sts';
import type { Session } from '../aws/session.ts';
import type { Identity } from '../identity/identity.ts';
import { type SessionRequest, targetOf } from '../plan/plan.ts';
import { nameOfError } from '../platform/trace.ts';
import { sessionFrom } from './answer.ts';
import { createClient } from './client.ts';
import type { StsContext } from './context.ts';
import { explainFailure } from './failures.ts';
import { commandFor, type StsAnswer } from './operations.ts';
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
  const { failover, deadline, clock, log, agentsFor, userAgent } = context;
  const endpoint = failover.current();
  const credentials = identity.kind === 'credentials' ? await identity.credentials() : undefined;
  const agents = await agentsFor(new URL(endpoint.url));
  const client = createClient({ endpoint, agents, credentials, clockOffsetMs, userAgent });
  const command = await commandFor(request, identity, context.serverClock.now());
  const startedAt = clock.now();
  const note = (outcome: string) => {
    const ms = clock.now() - startedAt;
    log.debug(`${request.operation} for ${targetOf(request)} at ${endpoint.url}: ${ms} ms, ${outcome}`);
  };
  try {
    // The types of the SDK have no command that is one of several.
    const sent = client.send(command as AssumeRoleCommand, { abortSignal: deadline.signal });
    const session = sessionFrom((await sent) as StsAnswer, request, credentials, context);
    failover.reached(endpoint);
    note(`succeeded${requestIn(session.requestId)}`);
    return session;
  } catch (error) {
    const { $metadata } = error as { $metadata?: StsAnswer['$metadata'] };
    note(`failed: ${nameOfError(error)}${requestIn($metadata?.requestId)}`);
    if (deadline.signal.aborted) throw deadline.exceeded();
    const claims = identity.kind === 'web-identity' ? identity.presented() : undefined;
    const { url, region } = endpoint;
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
