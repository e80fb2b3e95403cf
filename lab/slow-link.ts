import { connect, createServer, type Socket } from 'node:net';

/**
 * Starts a TCP relay that delays what it passes on, as a network with this round-trip time does. Connecting to loopback takes
 * no time, so the first bytes wait for one more round trip, which is that of the connection.
 */
export async function startSlowLink(targetPort: number, roundTripMs: number) {
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(targetPort, '127.0.0.1');
    const openAt = Date.now() + roundTripMs;
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      const delayed = (work: () => void) =>
        setTimeout(work, Math.max(0, openAt - Date.now()) + roundTripMs / 2);
      from.setNoDelay(true);
      from.on('data', (bytes) => delayed(() => to.writable && to.write(bytes)));
      from.on('end', () => delayed(() => to.end()));
      from.on('error', () => to.destroy());
      from.on('close', () => sockets.delete(from));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as { port: number }).port,
    close: () =>
      new Promise<void>((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}
