import type { Session } from '../aws/session.ts';
import { ActionError } from '../platform/errors.ts';

/**
 * Refuses a session that ends too soon for the work it is for.
 *
 * @param minimumSeconds undefined when any is long enough
 * @param now milliseconds since 1970
 * @throws ActionError `SESSION_TOO_SHORT`
 */
export function assertLifeRemains(session: Session, minimumSeconds: number | undefined, now: number): void {
  const { expiration } = session.credentials;
  if (minimumSeconds === undefined || expiration === undefined) return;
  const seconds = Math.floor((expiration.getTime() - now) / 1000);
  if (seconds >= minimumSeconds) return;
  throw new ActionError('SESSION_TOO_SHORT', {
    problem: 'The session ends sooner than minimum-remaining-seconds allows.',
    found: `${seconds} s, until ${expiration.toISOString()} (${session.arn})`,
    expected: `at least ${minimumSeconds} s`,
    remedy:
      "Raise role-duration-seconds and the role's maximum session duration; a chained session lasts an hour at most. Nothing was delivered.",
  });
}
