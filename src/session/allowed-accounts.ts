import type { Session } from '../aws/session.ts';
import { ActionError } from '../platform/errors.ts';

/**
 * Refuses a session of any account but the allowed ones.
 *
 * @param allowed account ids of 12 digits; undefined allows all
 * @throws ActionError `ACCOUNT_NOT_ALLOWED`
 */
export function assertAccountAllowed(session: Session, allowed: readonly string[] | undefined): void {
  if (allowed === undefined || allowed.includes(session.accountId)) return;
  if (session.accountId === '') {
    throw new ActionError('ACCOUNT_NOT_ALLOWED', {
      problem: 'allowed-account-ids cannot be checked: nobody says which account the session belongs to.',
      found: "an STS answer without the session's ARN, and no answer to GetCallerIdentity",
      expected: `a session of account ${allowed.join(' or ')}`,
      remedy: 'Check sts-endpoint; remove allowed-account-ids if what answers there has no accounts.',
    });
  }
  throw new ActionError('ACCOUNT_NOT_ALLOWED', {
    problem: 'The session belongs to an account that allowed-account-ids does not name.',
    found: `account ${session.accountId} (${session.arn})`,
    expected: `account ${allowed.join(' or ')}`,
    remedy:
      'Correct the account in the role ARN, or add the account to allowed-account-ids. Nothing was delivered.',
  });
}
