import path from 'node:path';
import { type CachedSession, isFresh } from '../stored/cached-session.ts';
import { cacheFile, readCache } from '../stored/session-cache.ts';

/** The arguments of the credential process: `--profile NAME --plan FILE`. */
export interface ProcessArguments {
  readonly profile: string;
  readonly planFile: string;
}

export function parseArguments(args: readonly string[]): ProcessArguments {
  const argument = (name: string) => (args.includes(name) ? args[args.indexOf(name) + 1] : undefined) ?? '';
  return { profile: argument('--profile'), planFile: argument('--plan') };
}

/**
 * The output while the cached session is fresh, which is nearly always. This module has few imports and no slow built-in
 * module of Node.js, because the AWS CLI waits for the process at every start.
 *
 * @param now milliseconds since 1970
 * @returns undefined when the session needs a refresh
 */
export function cachedAnswer({ profile, planFile }: ProcessArguments, now: number): string | undefined {
  const { cached } = readCache(cacheFile(path.dirname(planFile), profile));
  return isFresh(cached, now) ? formatAnswer(cached) : undefined;
}

/** AWS SDKs and Tools Reference Guide, "Process credential provider": Version 1. */
export function formatAnswer({ session }: CachedSession): string {
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
