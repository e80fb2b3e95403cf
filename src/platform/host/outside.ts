import { readFile } from 'node:fs/promises';
import { type Clock, systemClock } from '../clock.ts';
import { type Environment, withCapitals } from '../environment.ts';
import { type HttpSend, sendHttp } from '../http/http.ts';
import { parseJson } from '../json.ts';

export interface Outside {
  readonly env: Environment;
  readonly clock: Clock;
  /** A number from 0 to 1, exclusive. */
  readonly random: () => number;
  readonly http: HttpSend;
  /** The parsed content of a JSON file; an empty object when the file is missing or not valid. */
  readonly readJson: (file: string) => Promise<unknown>;
}

/** The world around this process. */
export function thisOutside(): Outside {
  return {
    // A copy: the toolkit writes exported variables to `process.env`, and the previous values must remain known.
    env: withCapitals(process.env, process.platform),
    clock: systemClock,
    random: Math.random,
    http: sendHttp,
    readJson: async (file) => parseJson(await readFile(file, 'utf8').catch(() => '')) ?? {},
  };
}
