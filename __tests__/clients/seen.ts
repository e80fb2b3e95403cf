import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** Where tests write what they saw, for the page about clients. */
export const SEEN_FILE = path.resolve(import.meta.dirname, '../../.cache/clients-seen.jsonl');

/** Something that a client was seen to do, or not to do. */
export interface Fact {
  readonly client: string;
  readonly version?: string;
  /** A kind of delivery; with `refresh: ` in front, also for a minute with sessions that expire meanwhile. */
  readonly what: string;
  readonly works: boolean;
}

export const remember = (fact: Fact) => appendFileSync(SEEN_FILE, `${JSON.stringify(fact)}\n`);

export function remembered(): Fact[] {
  if (!existsSync(SEEN_FILE)) return [];
  const lines = readFileSync(SEEN_FILE, 'utf8').trim().split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line));
}
