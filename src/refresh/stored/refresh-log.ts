import { statSync } from 'node:fs';
import path from 'node:path';
import { appendToOwnFile, readOwnFile } from '../../platform/files/own-folder.ts';
import { parseJson } from '../../platform/json.ts';

export type RefreshOutcome =
  | { readonly kind: 'refreshed'; readonly expires: string }
  | { readonly kind: 'failed'; readonly message: string };

/** One refresh, successful or failed. Contains no secrets. */
export type RefreshEvent = RefreshOutcome & {
  /** ISO 8601, as all times here. */
  readonly at: string;
  readonly profile: string;
  /** The expiration of the previous session, which is handed out until then after a failure. */
  readonly expired?: string | undefined;
  /** The number of failures since the last session, this one included. */
  readonly failures: number;
};

/** The maximum size of the log. A job that runs for a day writes a few kilobytes. */
const MAX_BYTES = 1024 * 1024;

const logFile = (folder: string) => path.join(folder, 'refreshes.jsonl');

/**
 * Adds an event. Of many failures in a row, it keeps the first three and then each for which their number has doubled:
 * without its bearer or STS, a job of a day would fail thousands of times.
 */
export function logRefresh(folder: string, event: RefreshEvent): void {
  const { kind, failures } = event;
  if (kind === 'failed' && failures > 3 && !Number.isInteger(Math.log2(failures))) return;
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

/** The number of refreshes, and of failures, of which the log keeps a part. */
export function countRefreshes(events: readonly RefreshEvent[]): { refreshed: number; failed: number } {
  const refreshed = events.filter(({ kind }) => kind === 'refreshed');
  const before = refreshed.reduce((sum, { failures }) => sum + failures, 0);
  const last = new Map(events.map((event) => [event.profile, event]));
  const since = [...last.values()].reduce(
    (sum, { kind, failures }) => sum + (kind === 'failed' ? failures : 0),
    0,
  );
  return { refreshed: refreshed.length, failed: before + since };
}

/** One line for the log of the job. */
export function describeRefresh(event: RefreshEvent): string {
  const { at, profile, expired, failures } = event;
  if (event.kind === 'refreshed') {
    const previous = expired === undefined ? '' : ` The previous session expires at ${expired}.`;
    return `${at} ${profile}: refreshed, expires at ${event.expires}.${previous}`;
  }
  const times = failures === 1 ? '' : ` (${failures} times in a row)`;
  const fallback =
    expired !== undefined && expired > at ? ` The previous session is valid until ${expired}.` : '';
  return `${at} ${profile}: refresh failed${times}: ${event.message}${fallback}`;
}
