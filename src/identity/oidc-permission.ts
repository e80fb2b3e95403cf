import type { Environment } from '../platform/environment.ts';
import { ActionError, type ErrorCode, type ErrorDetails } from '../platform/errors.ts';

/** Why a job cannot request a token. */
type Reason = 'fork' | 'forgejo' | 'github';

const NOT_SET = 'no ACTIONS_ID_TOKEN_REQUEST_URL or ACTIONS_ID_TOKEN_REQUEST_TOKEN in the environment';

const ERRORS: Readonly<Record<Reason, ErrorDetails & { readonly code: ErrorCode }>> = {
  fork: {
    code: 'OIDC_FORK',
    problem: 'A pull request from a fork gets no OIDC token, whatever the workflow permits.',
    found:
      'a pull_request event whose head is in another repository, and no ACTIONS_ID_TOKEN_REQUEST_URL in the environment',
    expected: 'a job of this repository',
    remedy:
      "Skip this step for forks (if: github.event.pull_request.head.repo.full_name == github.repository), or do what needs AWS after the merge. Do not switch to pull_request_target to run the fork's code.",
  },
  forgejo: {
    code: 'OIDC_PERMISSION_MISSING',
    problem: 'The job is not allowed to request an OIDC token: enable-openid-connect is not set.',
    found: NOT_SET,
    expected: 'enable-openid-connect: true in the job or the workflow',
    remedy:
      'Add "enable-openid-connect: true" to the job. Use versions of Forgejo and its runner that support OpenID Connect.',
  },
  github: {
    code: 'OIDC_PERMISSION_MISSING',
    problem: 'The job is not allowed to request an OIDC token: the permission id-token is missing.',
    found: NOT_SET,
    expected: 'permissions: { id-token: write } in the job or the workflow',
    remedy:
      'Add "permissions: { id-token: write, contents: read }" to the job. For a reusable workflow, add it to the calling job too.',
  },
};

/**
 * The error for a job that cannot request a token.
 *
 * @param isFork whether a pull request from a fork started the job
 */
export async function oidcPermissionMissing(
  isFork: () => Promise<boolean>,
  { FORGEJO_ACTIONS }: Environment,
): Promise<ActionError> {
  const server = FORGEJO_ACTIONS === 'true' ? 'forgejo' : 'github';
  const { code, ...details } = ERRORS[(await isFork()) ? 'fork' : server];
  return new ActionError(code, details);
}
