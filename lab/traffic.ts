import type { IncomingMessage, ServerResponse } from 'node:http';

/** `api` is GitHub's REST API; its requests are not recorded. */
export type ServerName = 'oidc' | 'sts' | 'api';

/** One request that the lab answered, or did not. */
export interface RecordedRequest {
  readonly server: ServerName;
  readonly operation: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly headers: IncomingMessage['headers'];
  accessKeyId?: string;
  region?: string;
  status?: number;
  errorCode?: string;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  endedAt?: number;
}

/** A fault to happen to the next requests that fit. */
export interface Fault {
  readonly server: ServerName;
  readonly operation?: string;
  readonly roleArn?: string;
  readonly kind:
    | { readonly name: 'status'; readonly status: number }
    /** An error of STS with its own code. */
    | { readonly name: 'error'; readonly code: string; readonly message: string; readonly status: number }
    /** The connection breaks before the answer. */
    | { readonly name: 'reset' }
    /** No answer ever. */
    | { readonly name: 'hang' }
    | { readonly name: 'slow'; readonly milliseconds: number }
    /** HTTP 200 with what no client can read. */
    | { readonly name: 'malformed' }
    /** The answer with its body changed, and without its headers where those are not wanted. */
    | { readonly name: 'edited'; readonly edit: (body: string) => string; readonly bare?: boolean }
    /** A body that goes on as fast as it is read. */
    | { readonly name: 'endless' }
    /** A byte of the body now and then, for ever. */
    | { readonly name: 'drip' }
    /** The connection breaks in the middle of the answer. */
    | { readonly name: 'truncated' };
  /** How many requests it happens to; 1 when left out. */
  readonly times?: number;
}

export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Records requests and lets faults happen to them. */
export class Traffic {
  readonly requests: RecordedRequest[] = [];
  readonly #faults: { fault: Fault; left: number }[] = [];
  /** Milliseconds that every answer takes longer. */
  latencyMs = 0;
  /** Bytes that endless answers have sent. */
  endlessBytes = 0;

  inject(fault: Fault): void {
    this.#faults.push({ fault, left: fault.times ?? 1 });
  }

  clearFaults(): void {
    this.#faults.length = 0;
  }

  /** Requests by server and by operation. */
  counts(): Record<string, number> {
    const counts: Record<string, number> = { oidc: 0, sts: 0 };
    for (const { server, operation } of this.requests) {
      counts[server] = (counts[server] ?? 0) + 1;
      if (server === 'sts') counts[operation] = (counts[operation] ?? 0) + 1;
    }
    return counts;
  }

  /** The fault that a request meets, used up by it. */
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

  /** Sends `answer`, or what `fault` makes of it. */
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
        response
          .writeHead(answer.status, {
            'content-type': answer.type,
            ...(fault.bare !== true && answer.headers),
          })
          .end(fault.edit(answer.body));
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
        response
          .writeHead(answer.status, { 'content-type': answer.type, ...answer.headers })
          .end(answer.body);
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

/** The whole body of a request, of at most a megabyte. */
export async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > 1024 * 1024) throw new Error('a request of more than a megabyte');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
