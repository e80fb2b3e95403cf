import type { Socket } from 'node:net';

/**
 * The connections of a server. Above the maximum, a new connection replaces an idle one: the oldest without the token
 * first. A process that opens many connections and sends nothing therefore locks no other process out.
 */
export class Connections {
  readonly #maximum: number;
  /** The oldest first. */
  readonly #open = new Map<Socket, { isKnown: boolean; pending: number }>();

  constructor(maximum: number) {
    this.#maximum = maximum;
  }

  add(socket: Socket): void {
    if (this.#open.size >= this.#maximum) {
      const replaced = this.#leastNeeded();
      (replaced ?? socket).destroy();
      if (replaced === undefined) return;
      this.#open.delete(replaced);
    }
    this.#open.set(socket, { isKnown: false, pending: 0 });
    socket.once('close', () => this.#open.delete(socket));
  }

  /** @returns must be called when the answer has been sent */
  begin(socket: Socket): () => void {
    const connection = this.#open.get(socket);
    if (connection === undefined) return () => {};
    connection.pending++;
    return () => {
      connection.pending--;
    };
  }

  /** Records that a request had the token or a proof. */
  know(socket: Socket): void {
    const connection = this.#open.get(socket);
    if (connection !== undefined) connection.isKnown = true;
  }

  #leastNeeded(): Socket | undefined {
    const idle = [...this.#open].filter(([, { pending }]) => pending === 0);
    const [socket] = idle.find(([, { isKnown }]) => !isKnown) ?? idle[0] ?? [];
    return socket;
  }
}
