import { statSync } from 'node:fs';
import path from 'node:path';
import { appendToOwnFile, readOwnFile } from '../../platform/files/own-folder.ts';
import { parseJson } from '../../platform/json.ts';

/** One refresh, successful or failed. Contains no secrets. */
export interface RefreshEvent {
  /** ISO 8601, as all times here. */
  readonly at: string;
  readonly profile: string;
  readonly kind: 'refreshed' | 'failed';
  /** The expiration of the previous session, which is handed out until then after a failure. */
  readonly expired?: string | undefined;
  readonly expires?: string | undefined;
  readonly message?: string | undefined;
}

/** The maximum size of the log. A job that runs for a day writes a few kilobytes. */
const MAX_BYTES = 1024 * 1024;

const logFile = (folder: string) => path.join(folder, 'refreshes.jsonl');

export function logRefresh(folder: string, event: RefreshEvent): void {
  const file = logFile(folder);
  try {
    const bytes = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
    if (bytes < MAX_BYTES) appendToOwnFile(file, `${JSON.stringify(event)}\n`);
  } catch {
    // The session is more important than its log.
  }
}

/** All events in their order, without lines that cannot be read. */
export function readRefreshes(folder: string): readonly RefreshEvent[] {
  let text = '';
  try {
    text = readOwnFile(logFile(folder)) ?? '';
  } catch {
    // Another process has replaced the file.
  }
  return text.split('\n').flatMap((line) => (parseJson(line) as RefreshEvent | undefined) ?? []);
}

/** One line for the log of the job. */
export function describeRefresh({ at, profile, kind, expired, expires, message }: RefreshEvent): string {
  if (kind === 'refreshed') {
    const previous = expired === undefined ? '' : ` The previous session expires at ${expired}.`;
    return `${at} ${profile}: refreshed, expires at ${expires}.${previous}`;
  }
  const fallback =
    expired !== undefined && expired > at ? ` The previous session is valid until ${expired}.` : '';
  return `${at} ${profile}: refresh failed: ${message}${fallback}`;
}
