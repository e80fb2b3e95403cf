import https from 'node:https';
import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';

/** An agent that opens a connection ahead of its request, so that the handshake with STS overlaps the OIDC request. */
export class EarlyAgent extends https.Agent {
  /** Open connections that no request uses yet, by host and port. */
  readonly #waiting = new Map<string, TLSSocket>();

  /** Opens a connection to `target`. A failure has no effect: the request opens its own connection. */
  connectEarly(target: URL): void {
    const port = Number(target.port) || 443;
    const key = `${target.hostname}:${port}`;
    if (target.protocol !== 'https:' || this.#waiting.has(key)) return;
    const socket = super.createConnection({
      host: target.hostname,
      port,
      servername: target.hostname,
    }) as TLSSocket;
    this.#waiting.set(key, socket);
    const forget = () => {
      if (this.#waiting.get(key) === socket) this.#waiting.delete(key);
    };
    // The next request opens its own connection and reports the failure.
    socket.on('error', forget).on('close', forget);
    // An unused connection must not keep the process running.
    socket.unref();
  }

  override createConnection(
    options: https.RequestOptions,
    callback?: (error: Error | null, stream: Duplex) => void,
  ): Duplex | null | undefined {
    const key = `${options.host}:${options.port}`;
    const socket = this.#waiting.get(key);
    if (socket === undefined) return super.createConnection(options, callback);
    this.#waiting.delete(key);
    return socket.ref();
  }
}
