import { statSync } from 'node:fs';
import path from 'node:path';
import { appendToOwnFile, readOwnFile } from '../platform/files/own-folder.ts';
import { parseJson } from '../platform/json.ts';

/** What happened to a session that refreshes itself. Holds no secrets. */
export interface RefreshEvent {
  /** ISO 8601, as all moments here. */
  readonly at: string;
  readonly profile: string;
  readonly kind: 'refreshed' | 'failed';
  /** When the session before ends, or ended; after a failure it was handed out until then. */
  readonly expired?: string | undefined;
  /** When the new session ends. */
  readonly expires?: string | undefined;
  /** Why there is no new session. */
  readonly message?: string | undefined;
}

/** Bytes after which nothing more is noted: a job of a day makes a few kilobytes. */
const MAX_BYTES = 1024 * 1024;

const logFile = (folder: string) => path.join(folder, 'refreshes.jsonl');

export function logRefresh(folder: string, event: RefreshEvent): void {
  const file = logFile(folder);
  try {
    const bytes = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
    if (bytes < MAX_BYTES) appendToOwnFile(file, `${JSON.stringify(event)}\n`);
  } catch {
    // The session is there all the same.
  }
}

/** The events so far, the first one first; lines that cannot be read are left out. */
export function readRefreshes(folder: string): readonly RefreshEvent[] {
  let text = '';
  try {
    text = readOwnFile(logFile(folder)) ?? '';
  } catch {
    // What is no file of ours tells nothing.
  }
  return text.split('\n').flatMap((line) => (parseJson(line) as RefreshEvent | undefined) ?? []);
}

/** One line for readers of the job's log. */
export function describeRefresh({ at, profile, kind, expired, expires, message }: RefreshEvent): string {
  if (kind === 'refreshed')
    return `${at} ${profile}: refreshed${expired === undefined ? '' : `, the last one until ${expired}`}, this one until ${expires}`;
  const meanwhile =
    expired !== undefined && expired > at ? `; the last session went on, until ${expired}` : '';
  return `${at} ${profile}: not refreshed: ${message}${meanwhile}`;
}
