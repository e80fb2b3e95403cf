import type { Environment } from '../environment.ts';

const GITHUB = 'https://github.com';

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
  return `${server || GITHUB}/${repository}/blob/${ref || 'HEAD'}/docs/${page}`;
}

/**
 * The URL of the page about trust policies that the action's repository publishes on GitHub Pages. Undefined where the
 * runner does not name the repository, and on servers other than github.com.
 */
export function trustPageLink(
  fragment: string,
  { GITHUB_SERVER_URL: server, GITHUB_ACTION_REPOSITORY: repository }: Environment,
): string | undefined {
  const [owner, name] = repository?.split('/') ?? [];
  if (!owner || !name || (server || GITHUB) !== GITHUB) return undefined;
  return `https://${owner.toLowerCase()}.github.io/${name}/#${fragment}`;
}
