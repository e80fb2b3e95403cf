import { randomBytes, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { exportJWK, generateKeyPair, type JSONWebKeySet, SignJWT } from 'jose';
import type { Answer, RecordedRequest, Traffic } from './traffic.ts';

/** The facts about a job from which GitHub makes the claims of its OIDC token. */
export interface JobIdentity {
  repository: string;
  repositoryId: string;
  ownerId: string;
  ref: string;
  eventName: string;
  environment?: string;
  headRef?: string;
  baseRef?: string;
  jobWorkflowRef?: string;
  actor: string;
  /** Whether the subject contains IDs, as for repositories created since 15 July 2026. */
  immutableSubject: boolean;
  /** The claims of a customized subject, with the names of `include_claim_keys`. */
  subjectClaimKeys?: string[];
  /** Whether the job's token can read the subject template through the GitHub API. */
  mayReadTemplate?: boolean;
  /** Claims that replace the usual ones. */
  overrides?: Record<string, unknown>;
}

export interface Issuer {
  /** The `iss` of tokens. */
  readonly issuer: string;
  /** The value of `ACTIONS_ID_TOKEN_REQUEST_URL`. */
  readonly requestUrl: string;
  /** The value of `GITHUB_API_URL`. */
  readonly apiUrl: string;
  /** The value of `ACTIONS_ID_TOKEN_REQUEST_TOKEN`. */
  readonly bearer: string;
  readonly jwks: JSONWebKeySet;
  readonly server: Server;
  /** The job that the tokens describe. Tests change it. */
  job: JobIdentity;
  mint(audience: string, overrides?: Record<string, unknown>): Promise<string>;
  /** All issued tokens. */
  readonly tokens: string[];
}

const TOKEN_SECONDS = 300;

/** The value of `github.token` in jobs of the lab. */
export const JOB_TOKEN = 'ghs_lab_token_that_nobody_may_see';

function defaultJob(): JobIdentity {
  return {
    repository: 'octo-org/octo-app',
    repositoryId: '74',
    ownerId: '9919',
    ref: 'refs/heads/main',
    eventName: 'push',
    actor: 'octocat',
    immutableSubject: false,
  };
}

/** New keys take longer than everything else here, so all issuers of a process share them. Each has its own key ID. */
let signingKeys: ReturnType<typeof generateKeyPair> | undefined;

/** Starts an OIDC issuer that answers like the runner's token endpoint. It also serves a discovery document and a JWKS. */
export async function startIssuer(issuer: string, traffic: Traffic, now: () => number): Promise<Issuer> {
  signingKeys ??= generateKeyPair('RS256');
  const { publicKey, privateKey } = await signingKeys;
  const kid = randomUUID();
  const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid, use: 'sig', alg: 'RS256' }] };
  const bearer = randomBytes(40).toString('base64url');
  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => response.destroy(error as Error));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const url = `http://127.0.0.1:${port}`;

  const self: Issuer = {
    issuer,
    requestUrl: `${url}/_apis/pipelines/token?api-version=2.0`,
    apiUrl: `${url}/api`,
    bearer,
    jwks,
    server,
    job: defaultJob(),
    tokens: [],
    async mint(audience, overrides = {}) {
      const seconds = Math.floor(now() / 1000);
      const claims = { ...claimsOf(self.job), ...self.job.overrides, ...overrides };
      const token = await new SignJWT({
        iss: issuer,
        aud: audience,
        jti: randomUUID(),
        iat: seconds,
        nbf: seconds - 5,
        exp: seconds + TOKEN_SECONDS,
        ...claims,
      })
        .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid })
        .sign(privateKey);
      self.tokens.push(token);
      return token;
    },
  };

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '/', url);
    if (pathname.endsWith('/.well-known/jwks')) return send(response, json(200, jwks));
    if (pathname.endsWith('/.well-known/openid-configuration')) {
      return send(response, json(200, { issuer, jwks_uri: `${url}/.well-known/jwks` }));
    }
    const { headers } = request;
    if (pathname.endsWith('/actions/oidc/customization/sub')) {
      const record = { server: 'api', operation: 'template', parameters: {}, headers, startedAt: 0 } as const;
      const answer = templateAnswer(self.job, headers.authorization);
      return traffic.reply({ ...record }, response, answer, traffic.faultFor(record));
    }
    const record: RecordedRequest = {
      server: 'oidc',
      operation: 'token',
      parameters: Object.fromEntries(searchParams),
      headers,
      startedAt: Date.now(),
    };
    traffic.requests.push(record);
    const fault = traffic.faultFor(record);
    await traffic.reply(record, response, await tokenAnswer(headers, searchParams), fault);
  }

  async function tokenAnswer(
    { authorization = '' }: IncomingMessage['headers'],
    query: URLSearchParams,
  ): Promise<Answer> {
    if (/^bearer (.*)$/i.exec(authorization)?.[1] !== bearer) {
      return json(401, { message: 'The bearer token does not belong to a running job.' });
    }
    const audience = query.get('audience') ?? `https://github.com/${self.job.repository.split('/')[0]}`;
    return json(200, { count: 1, value: await self.mint(audience) });
  }
  return self;
}

/** GitHub REST API, "Get the customization template for an OIDC subject claim for a repository". */
function templateAnswer(job: JobIdentity, authorization: string | undefined): Answer {
  if (authorization !== `token ${JOB_TOKEN}` || !job.mayReadTemplate) {
    return json(403, { message: 'Resource not accessible by integration' });
  }
  const keys = job.subjectClaimKeys;
  return json(
    200,
    keys === undefined ? { use_default: true } : { use_default: false, include_claim_keys: keys },
  );
}

function json(status: number, body: unknown): Answer {
  return { status, type: 'application/json', body: JSON.stringify(body) };
}

function send(response: ServerResponse, answer: Answer): void {
  response.writeHead(answer.status, { 'content-type': answer.type }).end(answer.body);
}

/** GitHub Docs, "OpenID Connect reference". */
function claimsOf(job: JobIdentity): Record<string, unknown> {
  const [owner = ''] = job.repository.split('/');
  const workflowRef = `${job.repository}/.github/workflows/deploy.yml@${job.ref}`;
  const claims: Record<string, unknown> = {
    repository: job.repository,
    repository_id: job.repositoryId,
    repository_owner: owner,
    repository_owner_id: job.ownerId,
    repository_visibility: 'private',
    ref: job.ref,
    ref_type: job.ref.startsWith('refs/tags/') ? 'tag' : 'branch',
    ref_protected: 'false',
    sha: '0123456789abcdef0123456789abcdef01234567',
    event_name: job.eventName,
    head_ref: job.headRef ?? '',
    base_ref: job.baseRef ?? '',
    actor: job.actor,
    actor_id: '583231',
    workflow: 'deploy',
    workflow_ref: workflowRef,
    job_workflow_ref: job.jobWorkflowRef ?? workflowRef,
    run_id: '42',
    run_number: '7',
    run_attempt: '1',
    runner_environment: 'github-hosted',
    ...(job.environment !== undefined && { environment: job.environment }),
  };
  const part = (key: string) => {
    if (key === 'repo') return `repo:${subjectRepository(job)}`;
    return key === 'context' ? subjectContext(job) : `${key}:${String(claims[key] ?? '')}`;
  };
  return { ...claims, sub: (job.subjectClaimKeys ?? ['repo', 'context']).map(part).join(':') };
}

function subjectRepository({ repository, repositoryId, ownerId, immutableSubject }: JobIdentity): string {
  const [owner = '', name = ''] = repository.split('/');
  return immutableSubject ? `${owner}@${ownerId}/${name}@${repositoryId}` : repository;
}

function subjectContext({ environment, eventName, ref }: JobIdentity): string {
  // Colons separate the parts of a subject.
  if (environment !== undefined) return `environment:${environment.replaceAll(':', '%3A')}`;
  return eventName === 'pull_request' ? 'pull_request' : `ref:${ref}`;
}
