import type { Session } from '../aws/session.ts';
import type { SessionRequest } from '../plan/plan.ts';
import { ActionError } from '../platform/errors.ts';
import type { Log } from '../platform/runner/runner.ts';
import type { Attempt } from './context.ts';

/**
 * Obtains a session with as many tags as fit. While STS rejects policies and tags as too large, the least useful of the
 * action's own tags are left out: the lesser ones together, then one by one. The user's tags always stay.
 */
export async function withTagsThatFit(request: SessionRequest, log: Log, attempt: Attempt): Promise<Session> {
  let wanted = request;
  for (;;) {
    try {
      return await attempt(wanted);
    } catch (error) {
      const tooLarge = error instanceof ActionError && error.code === 'STS_POLICY_TOO_LARGE';
      if (!tooLarge || !('tags' in wanted)) throw error;
      const lesser = wanted.tags.filter((tag) => tag.lesser);
      const dropped = lesser.length > 0 ? lesser : wanted.tags.filter(({ optional }) => optional).slice(0, 1);
      if (dropped.length === 0) throw error;
      const keys = dropped.map(({ key }) => key).join(', ');
      log.info(
        `Session policies and session tags together are too large; retrying without these tags: ${keys}.`,
      );
      wanted = { ...wanted, tags: wanted.tags.filter((tag) => !dropped.includes(tag)) };
    }
  }
}
