import type { Environment } from '../environment.ts';

/**
 * The URL of a documentation page, in the version that runs. Undefined where the runner does not name the action's
 * repository, as for `uses: ./`.
 *
 * @param page such as `security.md#triggers`
 */
export function docsLink(
  page: string,
  { GITHUB_SERVER_URL: server, GITHUB_ACTION_REPOSITORY: repository, GITHUB_ACTION_REF: ref }: Environment,
): string | undefined {
  if (!repository) return undefined;
  return `${server || 'https://github.com'}/${repository}/blob/${ref || 'HEAD'}/docs/${page}`;
}
