import { readFile } from 'node:fs/promises';
import { type Clock, systemClock } from '../clock.ts';
import type { Environment } from '../environment.ts';
import { type HttpGet, nodeHttpGet } from '../http/http.ts';
import { parseJson } from '../json.ts';

/** What any of our processes touches outside itself, in one value that a test can replace piece by piece. */
export interface Outside {
  readonly env: Environment;
  readonly clock: Clock;
  /** A number from 0 up to 1. */
  readonly random: () => number;
  readonly http: HttpGet;
  /** The parsed content of a JSON file; an empty object when there is none to read. */
  readonly readJson: (file: string) => Promise<unknown>;
}

/** The world around this process. */
export function thisOutside(): Outside {
  return {
    // A copy: the toolkit writes exported variables into `process.env`, and what was there before must stay known.
    env: { ...process.env },
    clock: systemClock,
    random: Math.random,
    http: nodeHttpGet,
    readJson: async (file) => parseJson(await readFile(file, 'utf8').catch(() => '')) ?? {},
  };
}
