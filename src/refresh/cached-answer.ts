import path from 'node:path';
import { cacheFile, type HeldSession, isYoung, readCache } from './session-cache.ts';

/** What the credential process is asked for: `--profile NAME --plan FILE`. */
export interface Question {
  readonly profile: string;
  readonly planFile: string;
}

export function questionIn(args: readonly string[]): Question {
  const argument = (name: string) => (args.includes(name) ? args[args.indexOf(name) + 1] : undefined) ?? '';
  return { profile: argument('--profile'), planFile: argument('--plan') };
}

/**
 * The answer while the cached session is young, which is nearly always. It has a file of its own, as the AWS CLI waits for
 * it at every start: nothing else is loaded, and no built-in module of Node that takes time to.
 *
 * @param now milliseconds since 1970
 * @returns undefined when there is more to do
 */
export async function cachedAnswer(
  { profile, planFile }: Question,
  now: number,
): Promise<string | undefined> {
  const { held } = await readCache(cacheFile(path.dirname(planFile), profile));
  return isYoung(held, now) ? answerOf(held) : undefined;
}

/** AWS SDKs and Tools Reference Guide, "Process credential provider": Version 1. */
export function answerOf({ session }: HeldSession): string {
  const { accessKeyId, secretAccessKey, sessionToken, expiration } = session.credentials;
  const answer = {
    Version: 1,
    AccessKeyId: accessKeyId,
    SecretAccessKey: secretAccessKey,
    SessionToken: sessionToken,
    Expiration: expiration.toISOString(),
  };
  return `${JSON.stringify(answer)}\n`;
}
