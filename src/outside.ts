import { readFile } from 'node:fs/promises';
import { type Clock, systemClock } from './clock.ts';
import { type HttpGet, nodeHttpGet } from './http.ts';
import { parseJson } from './json.ts';
import type { Environment } from './runner/runner.ts';

/** What any of our processes touches outside itself, in one value that a test can replace piece by piece. */
export interface Outside {
  readonly env: Environment;
  readonly clock: Clock;
  /** A number from 0 up to 1. */
  readonly random: () => number;
  readonly http: HttpGet;
  /** The content of a text file; undefined when it cannot be read. */
  readonly readText: (file: string) => Promise<string | undefined>;
  /** The parsed content of a JSON file; an empty object when there is none to read. */
  readonly readJson: (file: string) => Promise<unknown>;
}

/** The world around this process. */
export function thisOutside(): Outside {
  const readText = (file: string) => readFile(file, 'utf8').catch(() => undefined);
  return {
    // A copy: the toolkit writes exported variables into `process.env`, and what was there before must stay known.
    env: { ...process.env },
    clock: systemClock,
    random: Math.random,
    http: nodeHttpGet,
    readText,
    readJson: async (file) => parseJson((await readText(file)) ?? '') ?? {},
  };
}
