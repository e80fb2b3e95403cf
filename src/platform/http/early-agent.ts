import https from 'node:https';
import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';

/**
 * An agent that can open a connection before there is a request for it: the handshake with STS then takes place while the
 * OIDC token is on its way.
 */
export class EarlyAgent extends https.Agent {
  /** Connections that nobody has taken yet, by host and port. */
  readonly #waiting = new Map<string, TLSSocket>();

  /** Opens a connection to `target`. If that fails, or nobody takes it, nothing comes of it. */
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
    // Whoever asks next opens one of its own, and meets the failure with its own words.
    socket.on('error', forget).on('close', forget);
    // It is no reason for the process to stay.
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
