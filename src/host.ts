import { readFile } from 'node:fs/promises';
import { type Clock, systemClock } from './clock.ts';
import { type HttpGet, nodeHttpGet } from './http.ts';
import { gitHubRunner } from './runner/github-runner.ts';
import type { Environment, Runner } from './runner/runner.ts';

/** All that a run touches outside itself, in one value that a test can replace piece by piece. */
export interface Host {
  readonly runner: Runner;
  readonly env: Environment;
  readonly clock: Clock;
  /** A number from 0 up to 1. */
  readonly random: () => number;
  readonly http: HttpGet;
  /** The content of a text file; undefined when it cannot be read. */
  readonly readText: (file: string) => Promise<string | undefined>;
  /** The parsed content of a JSON file; an empty object when there is none to read. */
  readonly readJson: (file: string) => Promise<unknown>;
  /** Ends this process with `code` once there is nothing left to do. */
  readonly setExitCode: (code: number) => void;
}

/** This process on GitHub's runner. */
export function thisHost(): Host {
  return {
    runner: gitHubRunner,
    // A copy: the toolkit writes exported variables into `process.env`, and what was there before must stay known.
    env: { ...process.env },
    clock: systemClock,
    random: Math.random,
    http: nodeHttpGet,
    setExitCode: (code) => {
      process.exitCode = code;
    },
    readText: (file) => readFile(file, 'utf8').catch(() => undefined),
    readJson: async (file) => {
      try {
        return JSON.parse(await readFile(file, 'utf8'));
      } catch {
        return {};
      }
    },
  };
}
