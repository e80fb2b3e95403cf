import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { asActionError, inOneLine } from '../platform/errors.ts';
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
import type { HeldSession } from './session-cache.ts';

export interface BrokerOptions {
  /** What every request for a session has to bring as `Authorization`. */
  readonly token: string;
  /** What steps prove that they know before anything else is done for them. */
  readonly control: string;
  /** The paths at which there are sessions. */
  readonly paths: () => readonly string[];
  readonly sessionAt: (path: string) => Promise<HeldSession>;
  /** Takes another stored plan on; gives the path below which its sessions are. */
  readonly onJoin: (planFile: string) => Promise<string>;
  /** Called once a step asked the broker to end; the answer is on its way. */
  readonly onStop: () => void;
}

export interface BrokerServer {
  readonly server: Server;
  readonly port: number;
}

/** SDKs of a job in parallel, with room. */
const MAX_CONNECTIONS = 512;
/** Fewer than the connections, so that no more can arrive at once than have room together with whoever was first. */
const BACKLOG = 256;
const MAX_HEADER_BYTES = 8 * 1024;
const REQUEST_TIMEOUT_MS = 5_000;
/** More than the path of any file. */
const MAX_BODY_BYTES = 8 * 1024;

interface Answer {
  readonly status: number;
  readonly body: object;
}

const refused = (status: number, code: string, message: string): Answer => ({
  status,
  body: { code, message },
});

/**
 * Serves sessions by the protocol of containers (AWS SDKs and Tools Reference Guide, "Container credential provider"):
 * `GET /PROFILE` with the token in `Authorization`, on a random port of loopback. Steps of this action, which prove who they
 * are as `handshake.ts` says, can `PUT /` with the path of a stored plan, which is then served, too, and `DELETE /`, which
 * ends it.
 */
export async function startBrokerServer(options: BrokerOptions): Promise<BrokerServer> {
  const expected = digest(options.token);
  const connections = new Connections(MAX_CONNECTIONS);
  /** What was said at the beginning of a connection; each is good for one request. */
  const exchanges = new WeakMap<Socket, Exchange>();
  const server = createServer(
    {
      maxHeaderSize: MAX_HEADER_BYTES,
      requestTimeout: REQUEST_TIMEOUT_MS,
      headersTimeout: REQUEST_TIMEOUT_MS,
      connectionsCheckingInterval: 1_000,
    },
    (request, response) => {
      response.once('close', connections.begin(request.socket));
      answerTo(request).then(
        (ready) => send(response, ready),
        () => response.destroy(),
      );
    },
  );
  server.keepAliveTimeout = REQUEST_TIMEOUT_MS;
  server.on('connection', (socket) => connections.add(socket));
  server.on('upgrade', (_request, socket) => socket.destroy());
  server.on('connect', (_request, socket) => socket.destroy());
  await new Promise<void>((resolve, reject) =>
    server.once('error', reject).listen(0, '127.0.0.1', BACKLOG, resolve),
  );
  const { port } = server.address() as AddressInfo;
  return { server, port };

  async function answerTo(request: IncomingMessage): Promise<Answer> {
    const { method, url = '', headers, socket } = request;
    const exchange = exchanges.get(socket);
    exchanges.delete(socket);
    const stepNonce = headers[NONCE_HEADER];
    if (method === 'POST' && isNonce(stepNonce)) {
      request.resume();
      return greet(socket, stepNonce);
    }
    if (exchange !== undefined && (method === 'PUT' || method === 'DELETE'))
      return carryOut(request, exchange);
    if (!timingSafeEqual(digest(headers.authorization ?? ''), expected)) {
      request.resume();
      return refused(
        401,
        'Unauthorized',
        'AWS_CONTAINER_AUTHORIZATION_TOKEN is missing or not the one of this job.',
      );
    }
    connections.know(socket);
    // Nobody here sends a body.
    request.resume();
    try {
      if (method !== 'GET') return refused(405, 'MethodNotAllowed', 'Only GET is answered here.');
      const paths = options.paths();
      if (!paths.includes(url))
        return refused(404, 'NoSuchProfile', `There is no such profile. There are ${paths.join(', ')}.`);
      return answer(credentialsOf(await options.sessionAt(url)));
    } catch (thrown) {
      const error = asActionError(thrown);
      return refused(503, error.code, inOneLine(error));
    }
  }

  function greet(socket: Socket, stepNonce: string): Answer {
    const exchange = { port, stepNonce, brokerNonce: newSecret() };
    exchanges.set(socket, exchange);
    return answer({ nonce: exchange.brokerNonce, proof: brokerProof(options.control, exchange) });
  }

  /** What only steps of this action may ask for. */
  async function carryOut(request: IncomingMessage, exchange: Exchange): Promise<Answer> {
    const { method = '', headers, socket } = request;
    const body = await bodyOf(request);
    if (!isSameProof(headers.authorization, stepProof(options.control, exchange, method, body)))
      return refused(401, 'Unauthorized', 'Only steps of this action that know the broker may ask for this.');
    connections.know(socket);
    if (method === 'DELETE') {
      options.onStop();
      return answer({});
    }
    try {
      return answer({ base: await options.onJoin(body) });
    } catch (thrown) {
      const error = asActionError(thrown);
      return refused(503, error.code, inOneLine(error));
    }
  }
}

const answer = (body: object): Answer => ({ status: 200, body });

function credentialsOf({ session }: HeldSession): object {
  const { accessKeyId, secretAccessKey, sessionToken, expiration } = session.credentials;
  return {
    AccessKeyId: accessKeyId,
    SecretAccessKey: secretAccessKey,
    Token: sessionToken,
    Expiration: expiration.toISOString(),
    AccountId: session.accountId,
  };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request as AsyncIterable<Buffer>) {
    text += chunk.toString();
    if (text.length > MAX_BODY_BYTES) throw new TypeError('a body of more than any path has');
  }
  return text;
}

/** The path under which a profile is served. */
export function brokerPath(profile: string): string {
  return `/${encodeURIComponent(profile)}`;
}

function send(response: ServerResponse, { status, body }: Answer): void {
  // Whoever has no token is not kept waiting for.
  const connection = status === 401 ? { connection: 'close' } : {};
  response.writeHead(status, {
    'content-type': 'application/json',
    'cache-control': 'no-store',
    ...connection,
  });
  response.end(JSON.stringify(body));
}

/** Of one length whatever the text, so that comparing tells nothing about it. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
