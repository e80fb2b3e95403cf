import path from 'node:path';
import { gitHubRunner } from '../runner/github-runner.ts';
import type { Runner } from '../runner/runner.ts';
import { type Outside, thisOutside } from './outside.ts';

export interface Host extends Outside {
  readonly runner: Runner;
  /** Aborts to end the step early; its reason is the error to report. */
  readonly cancellation: AbortSignal;
  readonly setExitCode: (code: number) => void;
  readonly node: string;
  /** The folder that holds the built programs (`dist/`). */
  readonly programs: string;
}

/** This process on GitHub's runner. */
export function thisHost(cancellation: AbortSignal): Host {
  return {
    ...thisOutside(),
    runner: gitHubRunner,
    cancellation,
    setExitCode: (code) => {
      process.exitCode = code;
    },
    node: process.execPath,
    // dist/main/index.js → dist
    programs: path.dirname(path.dirname(process.argv[1] ?? '')),
  };
}
