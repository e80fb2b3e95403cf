import {
  Agent,
  createServer,
  request as forward,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import { connect, type Socket } from 'node:net';

export interface ForwardProxyOptions {
  /** The loopback port for each host name. The proxy rejects other hosts. */
  readonly ports: Readonly<Record<string, number>>;
  /** The `user:password` that the proxy requires. */
  readonly credentials?: string;
}

export interface ForwardProxy {
  readonly url: string;
  /** `CONNECT host:port` or `GET http://…` for each request that the proxy received. */
  readonly requests: string[];
  close(): Promise<void>;
}

/** A forward proxy: CONNECT tunnels for HTTPS, forwarded requests for HTTP. */
export async function startForwardProxy({ ports, credentials }: ForwardProxyOptions): Promise<ForwardProxy> {
  const requests: string[] = [];
  const sockets = new Set<Socket>();
  const agent = new Agent({ keepAlive: true });
  const expected =
    credentials === undefined ? undefined : `Basic ${Buffer.from(credentials).toString('base64')}`;
  const isAllowed = ({ headers }: IncomingMessage) => headers['proxy-authorization'] === expected;

  const server = createServer((incoming: IncomingMessage, response: ServerResponse) => {
    requests.push(`${incoming.method} ${incoming.url}`);
    const target = new URL(incoming.url ?? '');
    const port =
      ports[target.hostname] ?? (target.hostname === '127.0.0.1' ? Number(target.port) : undefined);
    if (!isAllowed(incoming)) return void response.writeHead(407).end();
    if (port === undefined) return void response.writeHead(502).end();
    const { method, headers } = incoming;
    const onward = forward(
      { agent, host: '127.0.0.1', port, method, headers, path: target.pathname + target.search },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      },
    );
    onward.on('error', () => response.destroy());
    incoming.pipe(onward);
  });
  server.on('connection', (socket) => sockets.add(socket));
  server.on('connect', (incoming, socket: Socket) => {
    requests.push(`CONNECT ${incoming.url}`);
    const port = ports[incoming.url?.split(':')[0] ?? ''];
    if (!isAllowed(incoming)) return void socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
    if (port === undefined) return void socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
    const onward = connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      onward.pipe(socket).pipe(onward);
    });
    sockets.add(onward);
    onward.on('error', () => socket.destroy());
    socket.on('error', () => onward.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  return {
    url: `http://${credentials === undefined ? '' : `${credentials.split(':').map(encodeURIComponent).join(':')}@`}127.0.0.1:${port}`,
    requests,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        agent.destroy();
        server.close(() => resolve());
      }),
  };
}
