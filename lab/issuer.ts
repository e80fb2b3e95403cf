import { randomBytes, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { exportJWK, generateKeyPair, type JSONWebKeySet, SignJWT } from 'jose';
import type { RecordedRequest, Traffic } from './traffic.ts';

/** What GitHub knows about a job; the claims of its token are made from it. */
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
  /** The form with ids that repositories made since 15 July 2026 have. */
  immutableSubject: boolean;
  /** A customised subject: the claims it is made of, as `include_claim_keys` names them. */
  subjectClaimKeys?: string[];
  /** Whether the job's token may read with which claims subjects are made, through GitHub's API. */
  mayReadTemplate?: boolean;
  /** Claims that replace what would be made. */
  overrides?: Record<string, unknown>;
}

export interface Issuer {
  /** The `iss` of tokens. */
  readonly issuer: string;
  /** What `ACTIONS_ID_TOKEN_REQUEST_URL` holds. */
  readonly requestUrl: string;
  /** What `GITHUB_API_URL` holds. */
  readonly apiUrl: string;
  /** What `ACTIONS_ID_TOKEN_REQUEST_TOKEN` holds. */
  readonly bearer: string;
  readonly jwks: JSONWebKeySet;
  readonly server: Server;
  /** The job that tokens are about; tests change it. */
  job: JobIdentity;
  mint(audience: string, overrides?: Record<string, unknown>): Promise<string>;
  /** Tokens given out. */
  readonly tokens: string[];
}

const TOKEN_SECONDS = 300;

/** What `github.token` is for jobs of the lab. */
export const JOB_TOKEN = 'ghs_lab_token_that_nobody_may_see';

export function defaultJob(): JobIdentity {
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

/** An OIDC issuer that answers like the runner's token endpoint, with discovery document and JWKS. */
export async function startIssuer(issuer: string, traffic: Traffic, now: () => number): Promise<Issuer> {
  const { publicKey, privateKey } = await generateKeyPair('RS256');
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
    const json = (status: number, body: unknown) => ({
      status,
      type: 'application/json',
      body: JSON.stringify(body),
    });
    if (pathname.endsWith('/actions/oidc/customization/sub')) {
      const known = request.headers.authorization === `token ${JOB_TOKEN}` && self.job.mayReadTemplate;
      const keys = self.job.subjectClaimKeys;
      const template = {
        use_default: keys === undefined,
        ...(keys !== undefined && { include_claim_keys: keys }),
      };
      const answer = known
        ? json(200, template)
        : json(403, { message: 'Resource not accessible by integration' });
      const record = {
        server: 'api',
        operation: 'template',
        parameters: {},
        headers: {},
        startedAt: 0,
      } as const;
      return await traffic.reply({ ...record }, response, answer, traffic.faultFor(record));
    }
    if (pathname.endsWith('/.well-known/jwks')) return void send(response, json(200, jwks));
    if (pathname.endsWith('/.well-known/openid-configuration')) {
      return void send(response, json(200, { issuer, jwks_uri: `${url}/.well-known/jwks` }));
    }
    const record: RecordedRequest = {
      server: 'oidc',
      operation: 'token',
      parameters: Object.fromEntries(searchParams),
      headers: request.headers,
      startedAt: Date.now(),
    };
    traffic.requests.push(record);
    const fault = traffic.faultFor(record);
    const known = /^bearer (.*)$/i.exec(request.headers.authorization ?? '')?.[1] === bearer;
    const audience =
      searchParams.get('audience') ?? `https://github.com/${self.job.repository.split('/')[0]}`;
    const answer = known
      ? json(200, { count: 1, value: await self.mint(audience) })
      : json(401, { message: 'The bearer is not that of a running job.' });
    await traffic.reply(record, response, answer, fault);
  }
  return self;
}

function send(response: ServerResponse, answer: { status: number; type: string; body: string }): void {
  response.writeHead(answer.status, { 'content-type': answer.type }).end(answer.body);
}

/** GitHub Docs, "OpenID Connect reference". */
function claimsOf(job: JobIdentity): Record<string, unknown> {
  const [owner = '', name = ''] = job.repository.split('/');
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
  const repo = job.immutableSubject ? `${owner}@${job.ownerId}/${name}@${job.repositoryId}` : job.repository;
  const context =
    job.environment !== undefined
      ? // Colons separate the parts of a subject.
        `environment:${job.environment.replaceAll(':', '%3A')}`
      : job.eventName === 'pull_request'
        ? 'pull_request'
        : `ref:${job.ref}`;
  const part = (key: string) =>
    key === 'repo' ? `repo:${repo}` : key === 'context' ? context : `${key}:${String(claims[key] ?? '')}`;
  return { ...claims, sub: (job.subjectClaimKeys ?? ['repo', 'context']).map(part).join(':') };
}
