import type { Session } from '../aws/session.ts';
import type { GuardConfig } from '../config/config.ts';
import { ActionError } from '../platform/errors.ts';

/**
 * The checks that a session must pass before anything of it is delivered. The same for a new session, for a session that
 * the environment already has, and, with {@link guardsForRefresh}, for a refreshed session.
 *
 * @param now milliseconds since 1970, by the clock of STS
 * @throws ActionError `ACCOUNT_NOT_ALLOWED`, `SESSION_TOO_SHORT`
 */
export function assertGuards(session: Session, guards: GuardConfig, now: number): void {
  assertAccountAllowed(session, guards.allowedAccountIds);
  assertLongEnough(session, guards.minimumRemainingSeconds, now);
}

/**
 * `allowed-account-ids` applies to every refresh. `minimum-remaining-seconds` does not: it fails a step at its start when
 * the session is too short for the work, and a session that is refreshed does not have to last that long.
 */
export function guardsForRefresh({ allowedAccountIds }: GuardConfig): GuardConfig {
  return { allowedAccountIds, minimumRemainingSeconds: undefined };
}

function assertAccountAllowed({ accountId, arn }: Session, allowed: readonly string[] | undefined): void {
  if (allowed === undefined || allowed.includes(accountId)) return;
  const expected = `account ${allowed.join(' or ')}`;
  if (accountId === '') {
    throw new ActionError('ACCOUNT_NOT_ALLOWED', {
      problem: 'allowed-account-ids cannot be checked: the account of the session is unknown.',
      found: 'a session without an ARN, and no answer to GetCallerIdentity',
      expected,
      remedy:
        'Check sts-endpoint. Remove allowed-account-ids if the service at that endpoint has no accounts.',
    });
  }
  throw new ActionError('ACCOUNT_NOT_ALLOWED', {
    problem: 'The session belongs to an account that is not in allowed-account-ids.',
    found: `account ${accountId} (${arn})`,
    expected,
    remedy:
      'Correct the account in the role ARN, or add the account to allowed-account-ids. Nothing was delivered.',
  });
}

/** STS reports whole seconds, so the difference of two of its times can be a second less than the duration it granted. */
const ROUNDING_MS = 1_000;

function assertLongEnough(
  { credentials, answered, arn }: Session,
  minimumSeconds: number | undefined,
  now: number,
): void {
  const { expiration, sessionToken } = credentials;
  const isLongTerm = expiration === undefined && sessionToken === undefined;
  if (minimumSeconds === undefined || isLongTerm) return;
  if (expiration === undefined) {
    throw new ActionError('SESSION_TOO_SHORT', {
      problem: 'minimum-remaining-seconds cannot be checked: the expiration of the session is unknown.',
      found: `temporary credentials without an expiration (${arn})`,
      expected: `a session that expires in ${minimumSeconds} s or later`,
      remedy: 'Assume a role in this step, or remove minimum-remaining-seconds. Nothing was delivered.',
    });
  }
  // What STS granted counts. A session of exactly the minimum must not fail because others took a moment longer.
  const from = answered === undefined ? now : answered.sts - ROUNDING_MS;
  if (expiration.getTime() - from >= minimumSeconds * 1000) return;
  const seconds = Math.floor((expiration.getTime() - (answered?.sts ?? now)) / 1000);
  throw new ActionError('SESSION_TOO_SHORT', {
    problem: 'The session expires sooner than minimum-remaining-seconds allows.',
    found: `${seconds} s, until ${expiration.toISOString()} (${arn})`,
    expected: `at least ${minimumSeconds} s`,
    remedy:
      'Raise role-duration-seconds and the maximum session duration of the role. With role chaining a session lasts at most one hour. Nothing was delivered.',
  });
}
