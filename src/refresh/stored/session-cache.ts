import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ERROR_CODES, type ErrorCode, type ErrorDetails } from '../../platform/errors.ts';
import { replaceFile } from '../../platform/files/replace-file.ts';
import { parseJson } from '../../platform/json.ts';
import type { CachedSession } from './cached-session.ts';

interface FailedRefresh {
  readonly at: number;
  /** The number of failures since the last session. */
  readonly count: number;
  readonly code: ErrorCode;
  readonly details: Omit<ErrorDetails, 'cause'>;
}

/** The cache of one profile: its last session, and why there is no newer one. */
export interface CacheEntry {
  readonly cached: CachedSession | undefined;
  readonly failure: FailedRefresh | undefined;
}

/** Longer names are hashed: the name of a file has at most 255 bytes. */
const MAX_NAME_BYTES = 100;

/** The cache file of a profile. Names can differ in case only and have any character, so they are encoded. */
export function cacheFile(folder: string, profile: string): string {
  const bytes = Buffer.from(profile);
  const name =
    bytes.length <= MAX_NAME_BYTES
      ? bytes.toString('hex')
      : `hash-${process.getBuiltinModule('node:crypto').createHash('sha256').update(bytes).digest('hex')}`;
  return path.join(folder, `session-${name}.json`);
}

export async function writeCache(file: string, entry: CacheEntry): Promise<void> {
  await replaceFile(file, JSON.stringify(entry), 0o600);
}

/**
 * Reads a cache. A file that is missing, incomplete or not a cache counts as empty. It reads at once: for a kilobyte, that
 * is quicker than the modules and the thread of a promise, which would be most of what a credential process does.
 */
export function readCache(file: string): CacheEntry {
  const entry = parseJson(textOf(file)) as { cached?: unknown; failure?: unknown } | null | undefined;
  return { cached: asCachedSession(entry?.cached), failure: asFailure(entry?.failure) };
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function asCachedSession(value: unknown): CachedSession | undefined {
  const { session, obtainedAt, durationMs } = (value ?? {}) as Partial<CachedSession>;
  const { accessKeyId, secretAccessKey, sessionToken } = session?.credentials ?? {};
  const expiration = new Date(String(session?.credentials?.expiration));
  const isComplete =
    [accessKeyId, secretAccessKey, sessionToken].every((part) => typeof part === 'string' && part !== '') &&
    !Number.isNaN(expiration.getTime());
  if (!isComplete || session === undefined) return undefined;
  if (typeof obtainedAt !== 'number' || typeof durationMs !== 'number') return undefined;
  return {
    session: { ...session, credentials: { ...session.credentials, expiration } },
    obtainedAt,
    durationMs,
  };
}

function asFailure(value: unknown): FailedRefresh | undefined {
  const { at, count, code, details } = (value ?? {}) as Partial<FailedRefresh>;
  if (code === undefined || !ERROR_CODES.includes(code)) return undefined;
  if (typeof at !== 'number' || typeof count !== 'number') return undefined;
  return typeof details?.problem === 'string' ? { at, count, code, details } : undefined;
}
