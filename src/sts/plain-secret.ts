import type { Session } from '../aws/session.ts';
import type { SessionRequest } from '../plan/plan.ts';
import { ActionError } from '../platform/errors.ts';
import type { Attempt } from './context.ts';

/** About one secret access key in four has only letters and digits, so 48 in a row fail once in a million times. */
const MAX_SESSIONS = 48;

/** Obtains sessions until a secret access key has neither `/` nor `+`. */
export async function withPlainSecret(request: SessionRequest, attempt: Attempt): Promise<Session> {
  // This operation issues no key.
  if (request.operation === 'GetCallerIdentity') return attempt(request);
  for (let count = 0; count < MAX_SESSIONS; count++) {
    const session = await attempt(request);
    if (/^[A-Za-z0-9]+$/.test(session.credentials.secretAccessKey)) return session;
  }
  throw new ActionError('STS_FAILED', {
    problem: 'STS issued no secret access key without special characters (special-characters-workaround).',
    found: `${MAX_SESSIONS} keys with / or +`,
    expected: 'a key with only letters and digits',
    remedy: 'Run the job again, or quote the key where you use it and remove special-characters-workaround.',
  });
}
