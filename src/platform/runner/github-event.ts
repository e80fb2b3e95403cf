/** A pull request in the event of a job. The repository of a deleted fork is null. */
interface PullRequest {
  readonly head?: Side;
  readonly base?: Side;
}

interface Side {
  readonly repo?: { readonly full_name?: string } | null;
  readonly ref?: string;
}

/**
 * The two sides of the pull request that started the job, as `OWNER/REPOSITORY:REF`; undefined for other events.
 *
 * @param event the parsed event file
 */
export function pullRequestIn(event: unknown): { head: string; base: string } | undefined {
  const { pull_request: pullRequest } = event as { pull_request?: PullRequest };
  const side = (value?: Side) => `${value?.repo?.full_name ?? '(deleted)'}:${value?.ref ?? ''}`;
  return pullRequest && { head: side(pullRequest.head), base: side(pullRequest.base) };
}
