import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { ContainerEndpoint } from '../../aws/container-endpoints.ts';
import { asActionError, inOneLine } from '../../platform/errors.ts';
import type { CachedSession } from '../stored/cached-session.ts';
import { Connections } from './connections.ts';
import {
  brokerProof,
  type Exchange,
  isNonce,
  isSameProof,
  NONCE_HEADER,
  newSecret,
  stepProof,
} from './handshake.ts';

export interface SessionSource {
  paths(): readonly string[];
  get(path: string): Promise<CachedSession>;
  /** Serves the sessions of another stored plan; returns the base of their paths. */
  join(planFile: string): Promise<string>;
}

export interface BrokerServerOptions {
  /** The `Authorization` header that every request for a session must have. */
  readonly token: string;
  readonly control: string;
  readonly sessions: SessionSource;
  /** Called when a step stops the broker, before the answer is sent. */
  readonly onStop: () => void;
}

/** For the concurrent SDKs of a job, with room to spare. */
const MAX_CONNECTIONS = 512;
/** Fewer than the maximum, so that the connections that arrive at once cannot replace all the others. */
const BACKLOG = 256;
const MAX_HEADER_BYTES = 8 * 1024;
const REQUEST_TIMEOUT_MS = 5_000;
/** Longer than the path of any file. */
const MAX_BODY_BYTES = 8 * 1024;
/** For answers that are under way when the server stops. */
const CLOSE_TIMEOUT_MS = 500;

type Answer = { readonly status: number; readonly body: object };

const ok = (body: object): Answer => ({ status: 200, body });
const failed = (status: number, code: string, message: string): Answer => ({
  status,
  body: { code, message },
});

/**
 * Serves sessions with the protocol of containers (AWS SDKs and Tools Reference Guide, "Container credential provider"):
 * `GET /PROFILE` with the token in `Authorization`, on a random port. A step that proves its identity (see
 * {@link Exchange}) can `PUT /` the path of another stored plan, and `DELETE /` the broker itself.
 */
export class BrokerServer {
  readonly #options: BrokerServerOptions;
  readonly #connections = new Connections(MAX_CONNECTIONS);
  /** The nonces of a connection, for one request. */
  readonly #exchanges = new WeakMap<Socket, Exchange>();
  readonly #server: Server;

  constructor(options: BrokerServerOptions) {
    this.#options = options;
    const limits = {
      maxHeaderSize: MAX_HEADER_BYTES,
      requestTimeout: REQUEST_TIMEOUT_MS,
      headersTimeout: REQUEST_TIMEOUT_MS,
      keepAliveTimeout: REQUEST_TIMEOUT_MS,
      connectionsCheckingInterval: 1_000,
    };
    this.#server = createServer(limits, (request, response) => {
      response.once('close', this.#connections.begin(request.socket));
      this.#answerTo(request).then(
        (answer) => send(response, answer),
        () => response.destroy(),
      );
    });
    this.#server.on('connection', (socket) => this.#connections.add(socket));
    for (const event of ['upgrade', 'connect'])
      this.#server.on(event, (_request, socket) => socket.destroy());
  }

  /** @returns the port, which is random */
  async listen(address: ContainerEndpoint): Promise<number> {
    await new Promise<void>((resolve, reject) =>
      this.#server.once('error', reject).listen(0, address, BACKLOG, resolve),
    );
    return this.#port;
  }

  /** Stops after the answers that are under way, the one to the step that stops the broker among them. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeIdleConnections();
      setTimeout(() => this.#server.closeAllConnections(), CLOSE_TIMEOUT_MS).unref();
    });
  }

  get #port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async #answerTo(request: IncomingMessage): Promise<Answer> {
    const { method, headers, socket } = request;
    const exchange = this.#exchanges.get(socket);
    this.#exchanges.delete(socket);
    if (exchange !== undefined && (method === 'PUT' || method === 'DELETE'))
      return this.#carryOut(request, exchange);
    // No other request has a body.
    request.resume();
    const stepNonce = headers[NONCE_HEADER];
    if (method === 'POST' && isNonce(stepNonce)) return this.#greet(socket, stepNonce);
    if (!isSameProof(digest(headers.authorization ?? ''), digest(this.#options.token))) {
      const message = 'AWS_CONTAINER_AUTHORIZATION_TOKEN is missing or belongs to another job.';
      return failed(401, 'Unauthorized', message);
    }
    this.#connections.know(socket);
    return this.#sessionFor(request);
  }

  async #sessionFor({ method, url = '' }: IncomingMessage): Promise<Answer> {
    if (method !== 'GET') return failed(405, 'MethodNotAllowed', 'The broker supports GET only.');
    const { sessions } = this.#options;
    try {
      const paths = sessions.paths();
      if (!paths.includes(url))
        return failed(404, 'NoSuchProfile', `No profile has this path. The paths are ${paths.join(', ')}.`);
      return ok(credentialsOf(await sessions.get(url)));
    } catch (error) {
      return unavailable(error);
    }
  }

  #greet(socket: Socket, stepNonce: string): Answer {
    const exchange = { port: this.#port, stepNonce, brokerNonce: newSecret() };
    this.#exchanges.set(socket, exchange);
    return ok({ nonce: exchange.brokerNonce, proof: brokerProof(this.#options.control, exchange) });
  }

  /** Requests that only steps of this action can make. */
  async #carryOut(request: IncomingMessage, exchange: Exchange): Promise<Answer> {
    const { method = '', headers, socket } = request;
    const body = await readBody(request);
    if (!isSameProof(headers.authorization, stepProof(this.#options.control, exchange, method, body)))
      return failed(401, 'Unauthorized', 'Only steps of this action can join or stop the broker.');
    this.#connections.know(socket);
    if (method === 'DELETE') {
      this.#options.onStop();
      return ok({});
    }
    try {
      return ok({ base: await this.#options.sessions.join(body) });
    } catch (error) {
      return unavailable(error);
    }
  }
}

/** The path of a profile, below the base path of its plan. */
export function profilePath(profile: string): string {
  return `/${encodeURIComponent(profile)}`;
}

function credentialsOf({ session }: CachedSession): object {
  const { accessKeyId, secretAccessKey, sessionToken, expiration } = session.credentials;
  return {
    AccessKeyId: accessKeyId,
    SecretAccessKey: secretAccessKey,
    Token: sessionToken,
    Expiration: expiration.toISOString(),
    AccountId: session.accountId,
  };
}

function unavailable(thrown: unknown): Answer {
  const error = asActionError(thrown);
  return failed(503, error.code, inOneLine(error));
}

async function readBody(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request as AsyncIterable<Buffer>) {
    text += chunk.toString();
    if (text.length > MAX_BODY_BYTES) throw new TypeError('a body longer than any path');
  }
  return text;
}

function send(response: ServerResponse, { status, body }: Answer): void {
  response.writeHead(status, {
    'content-type': 'application/json',
    'cache-control': 'no-store',
    // A client without the token gets no connection that stays open.
    ...(status === 401 && { connection: 'close' }),
  });
  response.end(JSON.stringify(body));
}

/** Has the same length for every text, so that a comparison in constant time reveals nothing. */
function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
