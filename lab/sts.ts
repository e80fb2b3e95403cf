import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Caller } from './credentials.ts';
import type { Parameters } from './limits.ts';
import { type Operations, perform, type Result } from './operations.ts';
import {
  type Authorization,
  isSignatureOf,
  parseAuthorization,
  type SignedRequest,
  signedAt,
} from './sigv4.ts';
import { StsError } from './sts-error.ts';
import { type Answer, type RecordedRequest, readBody, type Traffic } from './traffic.ts';

const NAMESPACE = 'https://sts.amazonaws.com/doc/2011-06-15/';
const MAX_SKEW_MS = 5 * 60 * 1000;

/** Operations whose proof is in the request; a signature is not asked for. */
const UNSIGNED = new Set(['AssumeRoleWithWebIdentity', 'AssumeRoleWithSAML']);

export interface StsServer {
  readonly server: Server;
  readonly url: string;
  /** Whose credentials an access key id is part of: users, and every session given out. */
  readonly callers: Map<string, Caller>;
}

/** An STS that checks what AWS's does: token, signature, trust policy, limits. */
export async function startSts(context: Omit<Operations, 'remember'>, traffic: Traffic): Promise<StsServer> {
  const callers = new Map<string, Caller>();
  const lab: Operations = { ...context, remember: (id, caller) => callers.set(id, caller) };
  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => response.destroy(error as Error));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };

  async function handle(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(incoming);
    // By the lab's own clock, as everything else.
    response.setHeader('date', new Date(lab.now()).toUTCString());
    const request = {
      method: incoming.method ?? 'GET',
      url: incoming.url ?? '/',
      headers: incoming.headers as SignedRequest['headers'],
      body,
    };
    const query = new URL(request.url, 'http://lab').searchParams;
    const parameters = Object.fromEntries([...query, ...new URLSearchParams(body)]);
    const record: RecordedRequest = {
      server: 'sts',
      operation: parameters.Action ?? '',
      parameters,
      headers: incoming.headers,
      startedAt: Date.now(),
    };
    traffic.requests.push(record);
    const fault = traffic.faultFor(record);
    // A request that meets a fault did not reach STS: nothing is given out.
    const answer =
      fault === undefined || ['slow', 'truncated', 'edited'].includes(fault.name)
        ? await answerTo(request, parameters, record)
        : fault.name === 'error'
          ? errorAnswer(fault.code, fault.message, fault.status, randomUUID())
          : { status: 500, type: 'text/plain', body: '' };
    await traffic.reply(record, response, answer, fault);
  }

  async function answerTo(
    request: SignedRequest,
    parameters: Parameters,
    record: RecordedRequest,
  ): Promise<Answer> {
    const requestId = randomUUID();
    try {
      const caller = UNSIGNED.has(record.operation) ? undefined : authenticate(request, record);
      refuseDisabledRegion(parameters, caller, record);
      const result = await perform(lab, record.operation, parameters, caller);
      return resultAnswer(record.operation, result, requestId);
    } catch (error) {
      if (!(error instanceof StsError)) throw error;
      record.errorCode = error.code;
      return errorAnswer(error.code, error.message, error.status, requestId);
    }
  }

  function authenticate(request: SignedRequest, record: RecordedRequest): Caller {
    const header = request.headers.authorization;
    if (header === undefined)
      throw new StsError('MissingAuthenticationToken', 'Request is missing Authentication Token');
    const authorization = parseAuthorization(header);
    if (authorization === undefined) {
      throw new StsError(
        'IncompleteSignature',
        'Authorization header requires Credential, SignedHeaders and Signature.',
      );
    }
    record.accessKeyId = authorization.accessKeyId;
    record.region = authorization.scope.split('/')[1] ?? '';
    const caller = callers.get(authorization.accessKeyId) ?? userWith(authorization);
    const token = request.headers['x-amz-security-token'];
    if (caller === undefined || token !== caller.sessionToken) {
      throw new StsError('InvalidClientTokenId', 'The security token included in the request is invalid.');
    }
    const mustBeSigned = ['host', 'x-amz-date', ...(token === undefined ? [] : ['x-amz-security-token'])];
    const complete = mustBeSigned.every((name) => authorization.signedHeaders.includes(name));
    if (
      !complete ||
      authorization.scope.split('/')[2] !== 'sts' ||
      !isSignatureOf(request, authorization, caller.secretAccessKey)
    ) {
      throw new StsError(
        'SignatureDoesNotMatch',
        'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
      );
    }
    const skew = signedAt(request) - lab.now();
    if (!(Math.abs(skew) <= MAX_SKEW_MS)) {
      const now = new Date(lab.now()).toISOString();
      throw new StsError(
        'SignatureDoesNotMatch',
        `Signature ${skew < 0 ? 'expired' : 'not yet current'}: ${request.headers['x-amz-date']} is now ${skew < 0 ? 'earlier' : 'later'} than ${now}`,
      );
    }
    if (caller.expiresAt !== undefined && caller.expiresAt <= lab.now()) {
      throw new StsError('ExpiredToken', 'The security token included in the request is expired');
    }
    return caller;
  }

  function userWith({ accessKeyId }: Authorization): Caller | undefined {
    for (const [accountId, { users = [] }] of Object.entries(lab.world.accounts)) {
      const user = users.find((candidate) => candidate.accessKeyId === accessKeyId);
      if (user === undefined) continue;
      const arn = `arn:${lab.world.partition ?? 'aws'}:iam::${accountId}:user/${user.name}`;
      return {
        kind: 'user',
        accountId,
        arn,
        userId: `AIDA${user.name.toUpperCase()}`,
        principals: [arn],
        secretAccessKey: user.secretAccessKey,
        ...(user.permissions !== undefined && { permissions: user.permissions }),
        mfa: false,
        mfaDevice: user.mfa,
        transitiveTags: new Map(),
      };
    }
    return undefined;
  }

  function refuseDisabledRegion(
    parameters: Parameters,
    caller: Caller | undefined,
    record: RecordedRequest,
  ): void {
    const accountId = caller?.accountId ?? parameters.RoleArn?.split(':')[4] ?? '';
    const region = record.region ?? /^sts\.([a-z0-9-]+)\./.exec(record.headers.host ?? '')?.[1] ?? '';
    if (lab.world.accounts[accountId]?.disabledRegions?.includes(region)) {
      throw new StsError(
        'RegionDisabledException',
        `STS is not activated in this region for account:${accountId}. Your account administrator can activate STS in this region using the IAM Console.`,
      );
    }
  }

  return { server, url: `http://127.0.0.1:${port}`, callers };
}

function resultAnswer(operation: string, result: Result, requestId: string): Answer {
  const body = `<${operation}Response xmlns="${NAMESPACE}"><${operation}Result>${xml(result)}</${operation}Result><ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata></${operation}Response>`;
  return { status: 200, type: 'text/xml', body, headers: { 'x-amzn-requestid': requestId } };
}

function errorAnswer(code: string, message: string, status: number, requestId: string): Answer {
  const type = status >= 500 ? 'Receiver' : 'Sender';
  const body = `<ErrorResponse xmlns="${NAMESPACE}"><Error>${xml({ Type: type, Code: code, Message: message })}</Error><RequestId>${requestId}</RequestId></ErrorResponse>`;
  return { status, type: 'text/xml', body, headers: { 'x-amzn-requestid': requestId } };
}

/** Members as elements, nested ones too. */
function xml(members: Result): string {
  return Object.entries(members)
    .map(
      ([name, value]) =>
        `<${name}>${typeof value === 'object' ? xml(value as Result) : escapeXml(String(value))}</${name}>`,
    )
    .join('');
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
