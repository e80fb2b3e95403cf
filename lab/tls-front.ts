import { connect, type Socket } from 'node:net';
import { createServer } from 'node:tls';
import { generate } from 'selfsigned';

export interface TlsFront {
  readonly port: number;
  /** The certificate, for `NODE_EXTRA_CA_CERTS`. */
  readonly certificate: string;
  /** The time of each TLS handshake, in milliseconds since 1970. */
  readonly connections: readonly number[];
  close(): Promise<void>;
}

/** Starts a TLS proxy for an HTTP server of the lab, with a certificate for real host names. */
export async function startTlsFront(targetPort: number, hosts: readonly string[]): Promise<TlsFront> {
  const { private: key, cert } = await generate([{ name: 'commonName', value: hosts[0] ?? 'lab' }], {
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: true },
      { name: 'subjectAltName', altNames: hosts.map((value) => ({ type: 2 as const, value })) },
    ],
  });
  const sockets = new Set<Socket>();
  const connections: number[] = [];
  const server = createServer({ key, cert }, (socket) => {
    connections.push(Date.now());
    const onward = connect(targetPort, '127.0.0.1');
    for (const end of [socket, onward]) sockets.add(end);
    socket.pipe(onward).pipe(socket);
    socket.on('error', () => onward.destroy());
    onward.on('error', () => socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as { port: number }).port,
    certificate: cert,
    connections,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}
