import { ActionError } from '../errors.ts';
import type { SessionTag } from '../plan/plan.ts';
import type { Log } from '../runner/runner.ts';
import type { Session } from '../session/session.ts';

/**
 * Obtains a session with as many tags as there is room for: while STS finds policies and tags too large, one of our own
 * tags is left out, the least useful first. Tags of the user never are.
 */
export async function withTagsThatFit(
  tags: readonly SessionTag[],
  log: Log,
  attempt: (tags: readonly SessionTag[]) => Promise<Session>,
): Promise<Session> {
  let sent = tags;
  for (;;) {
    try {
      return await attempt(sent);
    } catch (error) {
      const dropped = sent.find(({ optional }) => optional);
      const tooLarge = error instanceof ActionError && error.code === 'STS_POLICY_TOO_LARGE';
      if (!tooLarge || dropped === undefined) throw error;
      log.info(`Session policies and tags are too large together; the tag ${dropped.key} is left out.`);
      sent = sent.filter((tag) => tag !== dropped);
    }
  }
}
