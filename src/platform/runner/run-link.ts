import type { Environment } from '../environment.ts';

/** The run and the attempt that this job belongs to; undefined where the runner does not name them. */
export function runLink({
  GITHUB_SERVER_URL: server,
  GITHUB_REPOSITORY: repository,
  GITHUB_RUN_ID: id,
  GITHUB_RUN_ATTEMPT: attempt,
}: Environment) {
  if (!repository || !id) return undefined;
  const run = `${server || 'https://github.com'}/${repository}/actions/runs/${id}`;
  return { id, attempt: attempt || '1', url: attempt ? `${run}/attempts/${attempt}` : run };
}
