import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { authenticate } from './authenticate.ts';
import type { Caller } from './credentials.ts';
import type { Parameters } from './limits.ts';
import { perform } from './operations.ts';
import { type RateLimit, tokenBucket } from './rate-limit.ts';
import { newRequestId } from './request-id.ts';
import type { SignedRequest } from './sigv4.ts';
import { StsError } from './sts-error.ts';
import type { Result, StsState } from './sts-state.ts';
import { type Answer, type Fault, type RecordedRequest, readRequest, type Traffic } from './traffic.ts';

const NAMESPACE = 'https://sts.amazonaws.com/doc/2011-06-15/';

/** Operations whose proof is a parameter. They need no signature. */
const UNSIGNED = new Set(['AssumeRoleWithWebIdentity', 'AssumeRoleWithSAML']);

export interface StsServer {
  readonly server: Server;
  readonly url: string;
  /** The callers of all issued sessions, by access key ID. */
  readonly callers: Map<string, Caller>;
  readonly state: StsState;
}

/** Starts an STS that checks what STS checks: token, signature, trust policy, limits. */
export async function startSts(
  context: Omit<StsState, 'remember'>,
  traffic: Traffic,
  limit?: RateLimit,
): Promise<StsServer> {
  const isWithinLimit = limit === undefined ? () => true : tokenBucket(limit);
  const callers = new Map<string, Caller>();
  const state: StsState = { ...context, remember: (id, caller) => callers.set(id, caller) };
  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => response.destroy(error as Error));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };

  async function handle(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const request = await readRequest(incoming);
    const { body } = request;
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
    const answer = faultAnswer(fault) ?? (await answerTo(request, parameters, record));
    response.setHeader('date', new Date(state.now()).toUTCString());
    await traffic.reply(record, response, answer, fault);
  }

  async function answerTo(
    request: SignedRequest,
    parameters: Parameters,
    record: RecordedRequest,
  ): Promise<Answer> {
    const requestId = newRequestId();
    try {
      if (!isWithinLimit(performance.now())) throw new StsError('Throttling', 'Rate exceeded');
      const unsigned = UNSIGNED.has(record.operation);
      const caller = unsigned ? undefined : authenticate(state, callers, request, record);
      assertRegionEnabled(parameters, caller, record);
      const result = await perform(state, record.operation, parameters, caller);
      return resultAnswer(record.operation, result, requestId);
    } catch (error) {
      if (!(error instanceof StsError)) throw error;
      record.errorCode = error.code;
      return errorAnswer(error, requestId);
    }
  }

  function assertRegionEnabled(
    parameters: Parameters,
    caller: Caller | undefined,
    record: RecordedRequest,
  ): void {
    const accountId = caller?.accountId ?? parameters.RoleArn?.split(':')[4] ?? '';
    const region = record.region ?? /^sts\.([a-z0-9-]+)\./.exec(record.headers.host ?? '')?.[1] ?? '';
    if (state.world.accounts[accountId]?.disabledRegions?.includes(region)) {
      throw new StsError(
        'RegionDisabledException',
        `STS is not activated in this region for account:${accountId}. Your account administrator can activate STS in this region using the IAM Console.`,
      );
    }
  }

  return { server, url: `http://127.0.0.1:${port}`, callers, state };
}

/** The answer to a request that does not reach STS because of a fault; undefined for a request that does. */
function faultAnswer(fault: Fault['kind'] | undefined): Answer | undefined {
  if (fault === undefined || ['slow', 'truncated', 'edited'].includes(fault.name)) return undefined;
  if (fault.name === 'error') return errorAnswer(fault, newRequestId());
  return { status: 500, type: 'text/plain', body: '' };
}

function resultAnswer(operation: string, result: Result, requestId: string): Answer {
  const body = `<${operation}Response xmlns="${NAMESPACE}"><${operation}Result>${xml(result)}</${operation}Result><ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata></${operation}Response>`;
  return { status: 200, type: 'text/xml', body, headers: { 'x-amzn-requestid': requestId } };
}

interface ErrorFields {
  readonly code: string;
  readonly message: string;
  readonly status: number;
}

function errorAnswer({ code, message, status }: ErrorFields, requestId: string): Answer {
  const type = status >= 500 ? 'Receiver' : 'Sender';
  const body = `<ErrorResponse xmlns="${NAMESPACE}"><Error>${xml({ Type: type, Code: code, Message: message })}</Error><RequestId>${requestId}</RequestId></ErrorResponse>`;
  return { status, type: 'text/xml', body, headers: { 'x-amzn-requestid': requestId } };
}

/** Members as XML elements, including nested members. */
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
