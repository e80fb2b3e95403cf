import type { Environment } from '../environment.ts';

/** What the runner's variables say about the job at hand. */
export interface Job {
  /** `OWNER/NAME` */
  readonly repository: string;
  readonly runId: string;
  readonly eventName: string;
  /** The folder that paths in inputs are relative to. */
  readonly workspace: string;
  /** The file with the event's payload. */
  readonly eventPath: string;
}

/** Reads the job's facts (GitHub Docs, "Variables reference"). */
export function jobFromEnvironment(env: Environment): Job {
  return {
    repository: env.GITHUB_REPOSITORY ?? '',
    runId: env.GITHUB_RUN_ID ?? '',
    eventName: env.GITHUB_EVENT_NAME ?? '',
    workspace: env.GITHUB_WORKSPACE ?? '.',
    eventPath: env.GITHUB_EVENT_PATH ?? '',
  };
}

/**
 * Whether an event is a pull request whose head lies in another repository. GitHub hands no id-token to such a job.
 *
 * @param payload the parsed event file
 */
export function isForkPullRequest(payload: unknown): boolean {
  const { pull_request: pullRequest } = payload as { pull_request?: { head?: Side; base?: Side } };
  const head = pullRequest?.head?.repo?.full_name;
  const base = pullRequest?.base?.repo?.full_name;
  return pullRequest !== undefined && base !== undefined && head !== base;
}

interface Side {
  repo?: { full_name?: string } | null;
}
