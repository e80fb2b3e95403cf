import https from 'node:https';
import type { TLSSocket } from 'node:tls';

/** An agent that can open a connection ahead of its request, so that the handshake with STS overlaps the OIDC request. */
export function earlyAgent(options: https.AgentOptions) {
  const agent = new https.Agent(options);
  const connect = agent.createConnection.bind(agent);
  const waiting = new Map<string, TLSSocket>();

  agent.createConnection = (wanted, callback) => {
    const key = `${wanted.host}:${wanted.port}`;
    const socket = waiting.get(key);
    if (socket === undefined) return connect(wanted, callback);
    waiting.delete(key);
    return socket.ref();
  };

  /** Opens a connection to `target`. A failure has no effect: the request opens its own connection. */
  function connectEarly({ hostname, port: text }: URL): void {
    const port = Number(text) || 443;
    const key = `${hostname}:${port}`;
    if (waiting.has(key)) return;
    const socket = connect({ host: hostname, port, servername: hostname }) as TLSSocket;
    waiting.set(key, socket);
    const forget = () => {
      if (waiting.get(key) === socket) waiting.delete(key);
    };
    socket.on('error', forget).on('close', forget);
    socket.unref(); // an unused connection must not keep the process running
  }
  function close(): void {
    for (const socket of waiting.values()) socket.destroy();
    agent.destroy();
  }
  return { agent, connectEarly, close };
}
