import path from 'node:path';
import { gitHubRunner } from '../runner/github-runner.ts';
import type { Runner } from '../runner/runner.ts';
import { type Outside, thisOutside } from './outside.ts';

/** All that a step touches outside itself. */
export interface Host extends Outside {
  readonly runner: Runner;
  /** Aborts when the runner cancels the job. */
  readonly cancellation?: AbortSignal | undefined;
  /** Ends this process with `code` once there is nothing left to do. */
  readonly setExitCode: (code: number) => void;
  /** The Node that runs this, absolute, and the folder of the built programs beside it. */
  readonly node: string;
  readonly programs: string;
}

/** This process on GitHub's runner. */
export function thisHost(cancellation?: AbortSignal): Host {
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
