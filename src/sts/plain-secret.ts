import type { Session } from '../aws/session.ts';
import { ActionError } from '../platform/errors.ts';

/** About every fourth secret has letters and digits only, so that this many tries fail once in a million times. */
const MAX_TRIES = 48;

/** Asks for sessions until the secret access key of one has neither `/` nor `+`. */
export async function withPlainSecret(attempt: () => Promise<Session>): Promise<Session> {
  for (let tries = 1; tries <= MAX_TRIES; tries++) {
    const session = await attempt();
    if (/^[A-Za-z0-9]+$/.test(session.credentials.secretAccessKey)) return session;
  }
  throw new ActionError('STS_FAILED', {
    problem: 'STS gave no secret access key without special characters (special-characters-workaround).',
    found: `${MAX_TRIES} keys with / or +`,
    expected: 'letters and digits only, as about every fourth key has',
    remedy: 'Run the job again, or quote the key where it is used and remove special-characters-workaround.',
  });
}
