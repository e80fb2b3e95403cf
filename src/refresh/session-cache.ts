import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Session } from '../aws/session.ts';
import { ERROR_CODES, type ErrorCode, type ErrorDetails } from '../platform/errors.ts';
import { parseJson } from '../platform/json.ts';

/** A session with the moment it was obtained. */
export interface HeldSession {
  readonly session: Session & { readonly credentials: { readonly expiration: Date } };
  /** Milliseconds since 1970, by the clock of this machine. */
  readonly obtainedAt: number;
  /**
   * Milliseconds from then on for which STS granted it. What is left is judged by these two: the expiration is a time of
   * day by another clock.
   */
  readonly lifeMs: number;
}

/** The last refresh, where it failed. */
export interface FailedRefresh {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly code: ErrorCode;
  readonly details: Omit<ErrorDetails, 'cause'>;
}

export interface CacheEntry {
  readonly held: HeldSession | undefined;
  readonly failure: FailedRefresh | undefined;
}

/** A session is handed out until this part of its life is over, then a new one is asked for. */
const YOUNG_PART = 0.75;

/** Milliseconds. A session from further ahead was noted before the clock was set back, so its age is unknown. */
const AHEAD_MS = 5_000;

/** Whether a session is to be handed out without a thought of the next one. */
export function isYoung(held: HeldSession | undefined, now: number): held is HeldSession {
  if (held === undefined) return false;
  const age = now - held.obtainedAt;
  return age >= -AHEAD_MS && age < held.lifeMs * YOUNG_PART;
}

/** Milliseconds since 1970, by the clock of this machine, at which a session is over. */
export function endOf({ obtainedAt, lifeMs }: HeldSession): number {
  return obtainedAt + lifeMs;
}

/** Milliseconds. A session with less left to live is of no use to whoever gets it. */
const MARGIN_MS = 500;

/** Whether a session can be handed out still. */
export function isLiving(held: HeldSession | undefined, now: number): held is HeldSession {
  return leftToLive(held, now) > 0;
}

/** Milliseconds for which a session can be handed out. */
export function leftToLive(held: HeldSession | undefined, now: number): number {
  if (held === undefined || now < held.obtainedAt - AHEAD_MS) return 0;
  return endOf(held) - MARGIN_MS - now;
}

/** Longer names are hashed: file names have 255 bytes at the most. */
const MAX_NAME_BYTES = 100;

/** The cache of one profile, in the folder of the plan. Names may differ in case alone, and hold what file names cannot. */
export function cacheFile(folder: string, profile: string): string {
  const bytes = Buffer.from(profile);
  const name =
    bytes.length <= MAX_NAME_BYTES
      ? bytes.toString('hex')
      : `hash-${process.getBuiltinModule('node:crypto').createHash('sha256').update(bytes).digest('hex')}`;
  return path.join(folder, `session-${name}.json`);
}

/** Reads a cache; what is no cache, or half of one, is none. */
export async function readCache(file: string): Promise<CacheEntry> {
  const text = await readFile(file, 'utf8').catch(() => '');
  const entry = parseJson(text) as { held?: unknown; failure?: unknown } | null | undefined;
  return { held: asHeld(entry?.held), failure: asFailure(entry?.failure) };
}

function asHeld(value: unknown): HeldSession | undefined {
  const { session, obtainedAt, lifeMs } = (value ?? {}) as Partial<HeldSession>;
  const { accessKeyId, secretAccessKey, sessionToken } = session?.credentials ?? {};
  const expiration = new Date(String(session?.credentials?.expiration));
  const complete = [accessKeyId, secretAccessKey, sessionToken].every(
    (part) => typeof part === 'string' && part !== '',
  );
  if (
    session === undefined ||
    !complete ||
    Number.isNaN(expiration.getTime()) ||
    typeof obtainedAt !== 'number' ||
    typeof lifeMs !== 'number'
  )
    return undefined;
  return { session: { ...session, credentials: { ...session.credentials, expiration } }, obtainedAt, lifeMs };
}

function asFailure(value: unknown): FailedRefresh | undefined {
  const { at, code, details } = (value ?? {}) as Partial<FailedRefresh>;
  const known = code !== undefined && ERROR_CODES.includes(code);
  if (typeof at !== 'number' || !known || typeof details?.problem !== 'string') return undefined;
  return { at, code, details };
}
