import type { IncomingMessage, ServerResponse } from 'node:http';
import type { SignedRequest } from './sigv4.ts';

/** `api` is the GitHub REST API. The lab does not record its requests. */
export type ServerName = 'oidc' | 'sts' | 'organizations' | 'api';

/** A request to the lab. */
export interface RecordedRequest {
  readonly server: ServerName;
  readonly operation: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly headers: IncomingMessage['headers'];
  accessKeyId?: string;
  region?: string;
  status?: number;
  errorCode?: string;
  /** The body of the answer, if the client got it without a fault. */
  answer?: string;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  endedAt?: number;
}

/** A fault for the next matching requests. */
export interface Fault {
  readonly server: ServerName;
  readonly operation?: string;
  readonly roleArn?: string;
  readonly kind:
    | { readonly name: 'status'; readonly status: number }
    /** An error response of STS or AWS Organizations. */
    | { readonly name: 'error'; readonly code: string; readonly message: string; readonly status: number }
    /** Resets the connection before the answer. */
    | { readonly name: 'reset' }
    /** Never answers. */
    | { readonly name: 'hang' }
    | { readonly name: 'slow'; readonly milliseconds: number }
    /** HTTP 200 with a body that is not valid. */
    | { readonly name: 'malformed' }
    /** The answer with a changed body; `bare` omits its headers. */
    | { readonly name: 'edited'; readonly edit: (body: string) => string; readonly bare?: boolean }
    /** A body without end, as fast as the client reads. */
    | { readonly name: 'endless' }
    /** A body without end, one byte every 200 ms. */
    | { readonly name: 'drip' }
    /** Closes the connection in the middle of the answer. */
    | { readonly name: 'truncated' };
  /** The number of requests with this fault. The default is 1. */
  readonly times?: number;
}

export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Records requests and injects faults. */
export class Traffic {
  readonly requests: RecordedRequest[] = [];
  readonly #faults: { fault: Fault; left: number }[] = [];
  /** Milliseconds of extra latency for each answer. */
  latencyMs = 0;
  /** The number of bytes that endless answers sent. */
  endlessBytes = 0;

  inject(fault: Fault): void {
    this.#faults.push({ fault, left: fault.times ?? 1 });
  }

  clearFaults(): void {
    this.#faults.length = 0;
  }

  /** The number of requests for each server, and for each operation of STS. */
  counts(): Record<string, number> {
    const counts: Record<string, number> = { oidc: 0, sts: 0 };
    for (const { server, operation } of this.requests) {
      counts[server] = (counts[server] ?? 0) + 1;
      if (server === 'sts') counts[operation] = (counts[operation] ?? 0) + 1;
    }
    return counts;
  }

  /** The fault for a request. Counts it as used. */
  faultFor({ server, operation, parameters }: RecordedRequest): Fault['kind'] | undefined {
    const entry = this.#faults.find(
      ({ fault, left }) =>
        left > 0 &&
        fault.server === server &&
        (fault.operation ?? operation) === operation &&
        (fault.roleArn ?? parameters.RoleArn) === parameters.RoleArn,
    );
    if (entry === undefined) return undefined;
    entry.left--;
    return entry.fault.kind;
  }

  /** Sends `answer`, or the effect of `fault` on it. */
  async reply(
    record: RecordedRequest,
    response: ServerResponse,
    answer: Answer,
    fault?: Fault['kind'],
  ): Promise<void> {
    const wait = this.latencyMs + (fault?.name === 'slow' ? fault.milliseconds : 0);
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    record.endedAt = Date.now();
    record.status = answer.status;
    const end = (body: string) => response.end(body, () => (record.answer = body));
    switch (fault?.name) {
      case 'reset':
        response.socket?.resetAndDestroy();
        return;
      case 'hang':
        return;
      case 'status':
        record.status = fault.status;
        response.writeHead(fault.status, { 'content-type': 'text/plain' }).end('fault');
        return;
      case 'malformed':
        response.writeHead(200, { 'content-type': answer.type }).end('<<<not what you expect>>>');
        return;
      case 'edited':
        response.writeHead(answer.status, {
          'content-type': answer.type,
          ...(fault.bare !== true && answer.headers),
        });
        end(fault.edit(answer.body));
        return;
      case 'endless':
        response.writeHead(200, { 'content-type': answer.type });
        this.#sendForever(response);
        return;
      case 'drip': {
        response.writeHead(200, { 'content-type': answer.type });
        const timer = setInterval(() => response.write(' '), 200);
        response.on('close', () => clearInterval(timer));
        return;
      }
      case 'truncated': {
        const half = answer.body.slice(0, answer.body.length / 2);
        response.writeHead(200, {
          'content-type': answer.type,
          'content-length': Buffer.byteLength(answer.body),
        });
        response.write(half, () => response.socket?.destroy());
        return;
      }
      default:
        response.writeHead(answer.status, { 'content-type': answer.type, ...answer.headers });
        end(answer.body);
    }
  }

  #sendForever(response: ServerResponse): void {
    const piece = ' '.repeat(64 * 1024);
    while (!response.destroyed) {
      this.endlessBytes += piece.length;
      if (!response.write(piece)) return void response.once('drain', () => this.#sendForever(response));
    }
  }
}

/** A request with its body, as the check of its signature takes it. */
export async function readRequest(incoming: IncomingMessage): Promise<SignedRequest> {
  return {
    method: incoming.method ?? 'GET',
    url: incoming.url ?? '/',
    headers: incoming.headers as SignedRequest['headers'],
    body: await readBody(incoming),
  };
}

/**
 * The body of a request.
 *
 * @throws Error above one megabyte
 */
async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > 1024 * 1024) throw new Error('the request is larger than one megabyte');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
