import type { Deadline } from '../platform/deadline.ts';
import type { Environment } from '../platform/environment.ts';
import { ActionError, type ErrorCode, type ErrorDetails } from '../platform/errors.ts';
import type { Outside } from '../platform/host/outside.ts';
import { AnswerTooLargeError, type HttpResponse } from '../platform/http/http.ts';
import { proxyRefused } from '../platform/http/proxy-settings.ts';
import { parseJson } from '../platform/json.ts';
import { describeRetry, type FailureClass, withRetry } from '../platform/retry.ts';
import type { Log } from '../platform/runner/runner.ts';
import { type Claims, decodeClaims } from './claims.ts';
import type { WebIdentity, WebIdentityToken } from './identity.ts';

/** A token that expires sooner is not used again. */
const FRESH_SECONDS = 60;

export interface GitHubOidcOptions extends Pick<Outside, 'env' | 'http' | 'clock' | 'random'> {
  readonly audience: string;
  readonly otherAudience: string | undefined;
  readonly deadline: Deadline;
  readonly maxAttempts: number;
  readonly log: Log;
  readonly mask: (secret: string) => void;
  readonly isFork: () => Promise<boolean>;
}

/**
 * The job's own identity: a token from GitHub's OIDC provider, requested at the URL that the runner sets in
 * `ACTIONS_ID_TOKEN_REQUEST_URL`. Concurrent callers share one request.
 */
export function gitHubOidcIdentity(options: GitHubOidcOptions): WebIdentity {
  let { audience, otherAudience } = options;
  let current: Promise<WebIdentityToken> | undefined;
  let presented: Claims | undefined;
  return {
    kind: 'web-identity',
    async token() {
      const last = current;
      const { exp } = last === undefined ? {} : (await last).claims;
      const isFresh = typeof exp === 'number' && exp - options.clock.now() / 1000 >= FRESH_SECONDS;
      // Another caller may have replaced it meanwhile.
      if (!isFresh && current === last) current = undefined;
      current ??= requestToken(options, audience);
      const token = await current;
      presented = token.claims;
      return token;
    },
    presented: () => presented,
    tryOtherAudience() {
      // A concurrent caller may have switched already.
      if (otherAudience === undefined) return audience !== options.audience;
      options.log.info(
        `The identity provider rejected the audience ${audience}; retrying with ${otherAudience}.`,
      );
      audience = otherAudience;
      otherAudience = undefined;
      current = undefined;
      return true;
    },
  };
}

async function requestToken(options: GitHubOidcOptions, audience: string): Promise<WebIdentityToken> {
  const { env, mask, log, clock } = options;
  const bearer = env.ACTIONS_ID_TOKEN_REQUEST_TOKEN;
  if (!env.ACTIONS_ID_TOKEN_REQUEST_URL || !bearer) throw await oidcPermissionMissing(options.isFork, env);
  mask(bearer);
  const url = tokenUrl(env.ACTIONS_ID_TOKEN_REQUEST_URL, audience);

  const startedAt = clock.now();
  const send = async () => {
    const response = await options.http({
      url,
      headers: { authorization: `Bearer ${bearer}`, accept: 'application/json' },
      signal: options.deadline.signal,
    });
    if (response.status === 407) throw new ActionError('PROXY_REFUSED', proxyRefused(url.origin));
    if (response.status !== 200) throw new RejectedError(response.status, audience);
    return response;
  };
  const response = await withRetry(send, {
    ...options,
    classify,
    onRetry: (event) => log.info(`GitHub's OIDC endpoint: ${describeRetry(event, reason(event.error))}`),
  }).catch((cause: unknown) => {
    if (cause instanceof ActionError) throw cause;
    throw new ActionError('OIDC_UNREACHABLE', {
      problem: "GitHub's OIDC endpoint could not be reached.",
      found: `${url.origin}: ${reason(cause)}`,
      expected: 'a response from the URL in ACTIONS_ID_TOKEN_REQUEST_URL',
      remedy:
        'On a self-hosted runner, check that it can reach this host (firewall, proxy). Otherwise check githubstatus.com, and run the job again.',
      cause,
    });
  });

  const token = readToken(response, mask);
  log.debug(`OIDC token for ${audience} from ${url.origin}: ${clock.now() - startedAt} ms`);
  return token;
}

function tokenUrl(text: string, audience: string): URL {
  if (!URL.canParse(text)) {
    throw new ActionError('OIDC_REQUEST_REFUSED', {
      problem: 'ACTIONS_ID_TOKEN_REQUEST_URL, which the runner sets, is not a valid URL.',
      expected: 'an https URL',
      remedy: 'Check for a step that overwrites the variable. Update a self-hosted runner.',
    });
  }
  const url = new URL(text);
  url.searchParams.set('audience', audience);
  return url;
}

function readToken({ body }: HttpResponse, mask: (secret: string) => void): WebIdentityToken {
  const { value: jwt } = (parseJson(body) ?? {}) as { value?: unknown };
  if (typeof jwt === 'string' && jwt !== '') {
    mask(jwt);
    const claims = decodeClaims(jwt);
    if (claims !== undefined) return { jwt, claims };
  }
  throw new ActionError('OIDC_REQUEST_REFUSED', {
    problem: "GitHub's OIDC endpoint returned no token.",
    found: `HTTP 200 with ${body.length} characters, but no JSON Web Token`,
    expected: 'JSON with the token as "value"',
    remedy: 'Check githubstatus.com, and run the job again. On GHES, check that OIDC is set up for Actions.',
  });
}

class RejectedError extends ActionError {
  readonly status: number;
  constructor(status: number, audience: string) {
    super('OIDC_REQUEST_REFUSED', {
      problem: "GitHub's OIDC endpoint rejected the request for a token.",
      found: `HTTP ${status} for audience ${audience}`,
      expected: 'HTTP 200',
      remedy:
        status >= 500
          ? 'Check githubstatus.com, and run the job again.'
          : 'Check that the job still runs and is not older than six hours, since its request token expires then, and that no step overwrites ACTIONS_ID_TOKEN_REQUEST_TOKEN.',
    });
    this.status = status;
  }
}

function classify(error: unknown): FailureClass {
  if (error instanceof RejectedError) {
    if (error.status === 429) return 'throttled';
    return error.status >= 500 ? 'transient' : 'final';
  }
  return error instanceof ActionError || error instanceof AnswerTooLargeError ? 'final' : 'transient';
}

/** A failure in a few words: the HTTP status, or Node's error code. */
function reason(error: unknown): string {
  if (error instanceof RejectedError) return `HTTP ${error.status}`;
  if (!(error instanceof Error)) return 'unknown failure';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message;
}

const NOT_SET = 'no ACTIONS_ID_TOKEN_REQUEST_URL or ACTIONS_ID_TOKEN_REQUEST_TOKEN in the environment';

const ERRORS: Readonly<
  Record<'fork' | 'forgejo' | 'gitea' | 'github', ErrorDetails & { readonly code: ErrorCode }>
> = {
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
  gitea: {
    code: 'OIDC_PERMISSION_MISSING',
    problem:
      'The job cannot request an OIDC token: the permission id-token is missing, or Gitea issues none.',
    found: NOT_SET,
    expected:
      'permissions: { id-token: write } in the job, and a version of Gitea that issues tokens to jobs',
    remedy:
      'Check whether this version of Gitea issues OIDC tokens to jobs. Otherwise use web-identity-token-file or access keys.',
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
  { FORGEJO_ACTIONS, GITEA_ACTIONS }: Environment,
): Promise<ActionError> {
  const other = GITEA_ACTIONS === 'true' ? 'gitea' : 'github';
  // Forgejo sets both variables.
  const server = FORGEJO_ACTIONS === 'true' ? 'forgejo' : other;
  const { code, ...details } = ERRORS[(await isFork()) ? 'fork' : server];
  return new ActionError(code, details);
}
