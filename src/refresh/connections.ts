import type { Socket } from 'node:net';

interface Connection {
  /** Whether somebody brought the token, or a proof, over it. */
  known: boolean;
  /** Requests that wait for their answer. */
  pending: number;
}

/**
 * The connections of a server. When there are too many, a new one takes the place of one over which nothing is under way,
 * so that whoever opens many and says nothing keeps nobody out: the longest open first, and those without a token first.
 */
export class Connections {
  readonly #most: number;
  /** The longest open first. */
  readonly #open = new Map<Socket, Connection>();

  constructor(most: number) {
    this.#most = most;
  }

  add(socket: Socket): void {
    if (this.#open.size >= this.#most) {
      const given = this.#leastNeeded();
      if (given === undefined) {
        socket.destroy();
        return;
      }
      this.#open.delete(given);
      given.destroy();
    }
    this.#open.set(socket, { known: false, pending: 0 });
    socket.once('close', () => this.#open.delete(socket));
  }

  /** @returns to be called when the answer is out */
  begin(socket: Socket): () => void {
    const connection = this.#open.get(socket);
    if (connection === undefined) return () => {};
    connection.pending++;
    return () => {
      connection.pending--;
    };
  }

  /** Notes that whoever is there brought the token or a proof. */
  know(socket: Socket): void {
    const connection = this.#open.get(socket);
    if (connection !== undefined) connection.known = true;
  }

  #leastNeeded(): Socket | undefined {
    const idle = [...this.#open].filter(([, { pending }]) => pending === 0);
    const [socket] = idle.find(([, { known }]) => !known) ?? idle[0] ?? [];
    return socket;
  }
}
