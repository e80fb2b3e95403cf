import type { Environment } from '../environment.ts';

/** Reads the job's facts (GitHub Docs, "Variables reference"). */
export function jobFromEnvironment(env: Environment) {
  return {
    repository: env.GITHUB_REPOSITORY ?? '',
    runId: env.GITHUB_RUN_ID ?? '',
    runAttempt: env.GITHUB_RUN_ATTEMPT ?? '',
    eventName: env.GITHUB_EVENT_NAME ?? '',
    ref: env.GITHUB_REF ?? '',
    /** The folder to which relative paths in inputs refer. */
    workspace: env.GITHUB_WORKSPACE ?? '.',
    eventPath: env.GITHUB_EVENT_PATH ?? '',
  };
}

export type Job = Readonly<ReturnType<typeof jobFromEnvironment>>;

/**
 * Whether an event is a pull request from another repository. GitHub does not issue an OIDC token to its jobs. The head
 * repository of a deleted fork is null.
 *
 * @param payload the parsed event file
 */
export function isForkPullRequest(payload: unknown): boolean {
  type Side = { repo?: { full_name?: string } | null };
  const { pull_request: pullRequest } = payload as { pull_request?: { head?: Side; base?: Side } };
  const base = pullRequest?.base?.repo?.full_name;
  return base !== undefined && pullRequest?.head?.repo?.full_name !== base;
}
