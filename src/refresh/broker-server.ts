import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { asActionError, inOneLine } from '../errors.ts';
import type { HeldSession } from './session-cache.ts';

export interface BrokerOptions {
  /** What every request has to bring as `Authorization`. */
  readonly token: string;
  /** The paths at which there are sessions. */
  readonly paths: () => readonly string[];
  readonly sessionAt: (path: string) => Promise<HeldSession>;
  /** Takes another stored plan on; gives the path below which its sessions are. */
  readonly onJoin: (planFile: string) => Promise<string>;
  /** Called once somebody with the token asked the broker to end; the answer is on its way. */
  readonly onStop: () => void;
}

export interface BrokerServer {
  readonly server: Server;
  readonly port: number;
}

/** SDKs of a job in parallel, with room; what comes beyond that is refused by closing the connection. */
const MAX_CONNECTIONS = 256;
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
 * `GET /PROFILE` with the token in `Authorization`, on a random port of loopback. `PUT /` with the path of a stored plan
 * has that served, too; `DELETE /` ends it.
 */
export async function startBrokerServer(options: BrokerOptions): Promise<BrokerServer> {
  const expected = digest(options.token);
  const server = createServer(
    {
      maxHeaderSize: MAX_HEADER_BYTES,
      requestTimeout: REQUEST_TIMEOUT_MS,
      headersTimeout: REQUEST_TIMEOUT_MS,
      connectionsCheckingInterval: 1_000,
    },
    (request, response) => {
      answerTo(request).then(
        (ready) => send(response, ready),
        () => response.destroy(),
      );
    },
  );
  server.keepAliveTimeout = REQUEST_TIMEOUT_MS;
  server.maxConnections = MAX_CONNECTIONS;
  server.on('upgrade', (_request, socket) => socket.destroy());
  server.on('connect', (_request, socket) => socket.destroy());
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  return { server, port: (server.address() as AddressInfo).port };

  async function answerTo(request: IncomingMessage): Promise<Answer> {
    const { method, url = '', headers } = request;
    if (!timingSafeEqual(digest(headers.authorization ?? ''), expected)) {
      request.resume();
      return refused(
        401,
        'Unauthorized',
        'AWS_CONTAINER_AUTHORIZATION_TOKEN is missing or not the one of this job.',
      );
    }
    try {
      if (method === 'PUT' && url === '/')
        return answer({ base: await options.onJoin(await bodyOf(request)) });
      // Nobody else sends a body.
      request.resume();
      if (method === 'DELETE' && url === '/') {
        options.onStop();
        return answer({});
      }
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
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(JSON.stringify(body));
}

/** Of one length whatever the text, so that comparing tells nothing about it. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
