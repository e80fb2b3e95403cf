import type { Credentials, Session } from '../aws/session.ts';
import type { SessionRequest } from '../plan/plan.ts';
import type { Log } from '../platform/runner/runner.ts';
import type { Attempt } from './context.ts';
import { StsFailure } from './sts-failure.ts';

/** Attempts to learn the owner of a session that is usable without it. */
const OPTIONAL_ATTEMPTS = 2;

/**
 * Adds the owner to a session whose answer did not name it. GetSessionToken never does, and STS can always name it; an
 * S3-compatible store may not, and its sessions stay without owner.
 *
 * @param whoami calls GetCallerIdentity, with at most `maxAttempts` attempts
 */
export async function withOwner(
  request: SessionRequest,
  log: Log,
  attempt: Attempt,
  whoami: (credentials: Credentials, maxAttempts?: number) => Promise<Session>,
): Promise<Session> {
  const session = await attempt(request);
  if (session.arn !== '') return session;
  const required = request.operation === 'GetSessionToken';
  try {
    const owner = await whoami(session.credentials, required ? undefined : OPTIONAL_ATTEMPTS);
    return { ...session, arn: owner.arn, accountId: owner.accountId, userId: owner.userId };
  } catch (error) {
    if (required || !(error instanceof StsFailure)) throw error;
    log.warning(
      `${request.operation} returned credentials without the ARN of the session, and GetCallerIdentity failed (${error.code}). The outputs for account and ARN stay empty, and allowed-account-ids cannot be checked.`,
    );
    return session;
  }
}
