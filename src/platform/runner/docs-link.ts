import type { Environment } from '../environment.ts';

/**
 * The address of a page of the documentation, at the version that runs; undefined where the runner does not say whose
 * action this is, as for `uses: ./`.
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
