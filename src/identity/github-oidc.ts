import type { Clock } from '../platform/clock.ts';
import type { Deadline } from '../platform/deadline.ts';
import type { Environment } from '../platform/environment.ts';
import { ActionError } from '../platform/errors.ts';
import { AnswerTooLargeError, type HttpGet, type HttpResponse } from '../platform/http/http.ts';
import { proxyRefused } from '../platform/http/proxy-refusal.ts';
import { type FailureClass, withRetry } from '../platform/retry.ts';
import type { Log } from '../platform/runner/runner.ts';
import { type Claims, decodeClaims } from './claims.ts';
import type { WebIdentity, WebIdentityToken } from './identity.ts';

/** A token with less left to live than this is not used again. */
const FRESH_SECONDS = 60;

export interface GitHubOidcOptions {
  readonly env: Environment;
  readonly audience: string;
  /** Another audience that would do, for {@link WebIdentity.tryOtherAudience}. */
  readonly otherAudience: string | undefined;
  readonly http: HttpGet;
  readonly clock: Clock;
  readonly random: () => number;
  readonly deadline: Deadline;
  readonly maxAttempts: number;
  readonly log: Log;
  readonly mask: (secret: string) => void;
  /** Whether the job was started by a pull request from a fork; asked only when there is no permission. */
  readonly isFork: () => Promise<boolean>;
}

/**
 * The job's own identity: a token from GitHub's OIDC provider, through the endpoint that the runner names in
 * `ACTIONS_ID_TOKEN_REQUEST_URL`. Callers that ask at once share one request.
 */
export function gitHubOidcIdentity(options: GitHubOidcOptions): WebIdentity {
  let { audience, otherAudience } = options;
  let pending: Promise<WebIdentityToken> | undefined;
  let presented: Claims | undefined;
  return {
    kind: 'web-identity',
    async token() {
      const last = pending;
      if (last !== undefined && !isFresh((await last).claims, options.clock) && pending === last)
        pending = undefined;
      pending ??= requestToken(options, audience);
      const token = await pending;
      presented = token.claims;
      return token;
    },
    presented: () => presented,
    tryOtherAudience() {
      if (otherAudience === undefined) return audience !== options.audience;
      options.log.info(`The provider refused the audience ${audience}; ${otherAudience} is tried.`);
      audience = otherAudience;
      otherAudience = undefined;
      pending = undefined;
      return true;
    },
  };
}

function isFresh(claims: Claims, clock: Clock): boolean {
  return typeof claims.exp === 'number' && claims.exp - clock.now() / 1000 >= FRESH_SECONDS;
}

async function requestToken(options: GitHubOidcOptions, audience: string): Promise<WebIdentityToken> {
  const { env, mask, log } = options;
  const requestUrl = env.ACTIONS_ID_TOKEN_REQUEST_URL ?? '';
  const bearer = env.ACTIONS_ID_TOKEN_REQUEST_TOKEN ?? '';
  if (requestUrl === '' || bearer === '') throw await oidcPermissionMissing(options.isFork, env);
  mask(bearer);

  if (!URL.canParse(requestUrl)) {
    throw new ActionError('OIDC_REQUEST_REFUSED', {
      problem: 'ACTIONS_ID_TOKEN_REQUEST_URL, which the runner sets, is no URL.',
      expected: 'an https URL',
      remedy: 'Look for a step that overwrites the variable; update a self-hosted runner.',
    });
  }
  const url = new URL(requestUrl);
  url.searchParams.set('audience', audience);

  const startedAt = options.clock.now();
  const response = await withRetry(
    async () => {
      const answer = await options.http({
        url,
        headers: { authorization: `Bearer ${bearer}`, accept: 'application/json' },
        signal: options.deadline.signal,
      });
      if (answer.status === 407) throw new ActionError('PROXY_REFUSED', proxyRefused(url.origin));
      if (answer.status !== 200) throw refused(answer, audience);
      return answer;
    },
    {
      ...options,
      classify,
      onRetry: ({ attempt, delayMs, error }) =>
        log.info(
          `GitHub's OIDC endpoint: try ${attempt} failed (${reason(error)}); next in ${Math.ceil(delayMs)} ms.`,
        ),
    },
  ).catch((error: unknown) => {
    throw error instanceof ActionError ? error : unreachable(url, error);
  });

  const token = readToken(response, mask);
  log.debug(`OIDC token for ${audience} from ${url.origin}: ${options.clock.now() - startedAt} ms`);
  return token;
}

function readToken(response: HttpResponse, mask: (secret: string) => void): WebIdentityToken {
  const jwt = tokenIn(response.body);
  if (jwt !== undefined) mask(jwt);
  const claims = jwt === undefined ? undefined : decodeClaims(jwt);
  if (jwt === undefined || claims === undefined) {
    throw new ActionError('OIDC_REQUEST_REFUSED', {
      problem: "GitHub's OIDC endpoint answered without a token.",
      found: `HTTP 200 with ${response.body.length} characters that hold no JSON Web Token`,
      expected: 'JSON with the token as "value"',
      remedy: 'Look at githubstatus.com, then run the job again; on GHES check that Actions OIDC is set up.',
    });
  }
  return { jwt, claims };
}

function tokenIn(body: string): string | undefined {
  try {
    const { value } = JSON.parse(body) as { value?: unknown };
    return typeof value === 'string' && value !== '' ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Why the job cannot ask for a token, and what helps: nothing for a fork, a permission else. */
export async function oidcPermissionMissing(
  isFork: () => Promise<boolean>,
  env: Environment,
): Promise<ActionError> {
  if (await isFork()) {
    return new ActionError('OIDC_FORK', {
      problem: 'A pull request from a fork gets no OIDC token, whatever the workflow permits.',
      found:
        'a pull_request event whose head is in another repository; ACTIONS_ID_TOKEN_REQUEST_URL is not set',
      expected: 'a job of this repository',
      remedy:
        "Skip this step for forks (if: github.event.pull_request.head.repo.full_name == github.repository), or do what needs AWS after the merge. Do not switch to pull_request_target to run the fork's code.",
    });
  }
  if (env.FORGEJO_ACTIONS === 'true') {
    return new ActionError('OIDC_PERMISSION_MISSING', {
      problem: 'The job may not ask for an OIDC token: enable-openid-connect is not set.',
      found: 'ACTIONS_ID_TOKEN_REQUEST_URL or ACTIONS_ID_TOKEN_REQUEST_TOKEN is not set',
      expected: 'enable-openid-connect: true in the job or the workflow, which is how Forgejo permits it',
      remedy:
        'Add "enable-openid-connect: true" to the job; Forgejo and its runner have to support OpenID Connect.',
    });
  }
  return new ActionError('OIDC_PERMISSION_MISSING', {
    problem: 'The job may not ask for an OIDC token: the permission id-token is missing.',
    found: 'ACTIONS_ID_TOKEN_REQUEST_URL or ACTIONS_ID_TOKEN_REQUEST_TOKEN is not set',
    expected: 'permissions: { id-token: write } in the job or the workflow',
    remedy:
      'Add "permissions: { id-token: write, contents: read }" to the job. In a reusable workflow the calling job has to grant it too.',
  });
}

class RefusedError extends ActionError {
  readonly status: number;
  constructor(status: number, details: ConstructorParameters<typeof ActionError>[1]) {
    super('OIDC_REQUEST_REFUSED', details);
    this.status = status;
  }
}

function refused({ status }: HttpResponse, audience: string): ActionError {
  return new RefusedError(status, {
    problem: "GitHub's OIDC endpoint refused to give a token.",
    found: `HTTP ${status} for audience ${audience}`,
    expected: 'HTTP 200',
    remedy:
      status >= 500
        ? 'Look at githubstatus.com, then run the job again.'
        : 'Check that the job still runs (the bearer ends with it) and that no step overwrites ACTIONS_ID_TOKEN_REQUEST_TOKEN.',
  });
}

function unreachable(url: URL, cause: unknown): ActionError {
  return new ActionError('OIDC_UNREACHABLE', {
    problem: "GitHub's OIDC endpoint could not be reached.",
    found: `${url.origin}: ${reason(cause)}`,
    expected: 'an answer from the URL in ACTIONS_ID_TOKEN_REQUEST_URL',
    remedy:
      'Let a self-hosted runner reach that host (firewall, proxy); else look at githubstatus.com and run the job again.',
    cause,
  });
}

function classify(error: unknown): FailureClass {
  if (error instanceof RefusedError) {
    if (error.status === 429) return 'throttled';
    return error.status >= 500 ? 'transient' : 'final';
  }
  return error instanceof ActionError || error instanceof AnswerTooLargeError ? 'final' : 'transient';
}

/** A network failure in a few words: Node's code where there is one. */
function reason(error: unknown): string {
  if (error instanceof RefusedError) return `HTTP ${error.status}`;
  if (!(error instanceof Error)) return 'unknown failure';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message;
}
