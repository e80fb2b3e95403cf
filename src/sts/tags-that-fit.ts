import type { Session } from '../aws/session.ts';
import type { SessionTag } from '../aws/tags.ts';
import { ActionError } from '../platform/errors.ts';
import type { Log } from '../platform/runner/runner.ts';

/**
 * Obtains a session with as many tags as there is room for: while STS finds policies and tags too large, those of our
 * own tags are left out that are useful least, the lesser ones all at once. Tags of the user never are.
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
      const lesser = sent.filter((tag) => tag.lesser);
      const dropped = lesser.length > 0 ? lesser : sent.filter(({ optional }) => optional).slice(0, 1);
      const tooLarge = error instanceof ActionError && error.code === 'STS_POLICY_TOO_LARGE';
      if (!tooLarge || dropped.length === 0) throw error;
      const [first, ...more] = dropped.map(({ key }) => key);
      const which = more.length === 0 ? `the tag ${first} is` : `the tags ${[first, ...more].join(', ')} are`;
      log.info(`Session policies and tags are too large together; ${which} left out.`);
      sent = sent.filter((tag) => !dropped.includes(tag));
    }
  }
}
