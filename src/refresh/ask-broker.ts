import { Agent, request } from 'node:http';
import { parseJson } from '../platform/json.ts';
import { brokerProof, isNonce, isSameProof, NONCE_HEADER, newSecret, stepProof } from './handshake.ts';

/** Where a broker was, and what it knows. */
export interface BrokerContact {
  readonly port: number;
  readonly control: string;
}

interface BrokerAnswer {
  readonly status: number | undefined;
  readonly body: string;
}

/** Milliseconds for the two requests together. */
const PATIENCE_MS = 3_000;

/** A broker that is flooded may close a connection between the two. */
const TRIES = 3;

/** More than any answer has. */
const MAX_ANSWER_BYTES = 64 * 1024;

/**
 * What a broker answers that proved to be the one meant; undefined when there is none. Nobody else learns anything but a
 * nonce.
 *
 * @param method `PUT` with the path of a stored plan has that served, `DELETE` ends the broker
 */
export async function askBroker(
  contact: BrokerContact,
  method: 'PUT' | 'DELETE',
  body = '',
): Promise<BrokerAnswer | undefined> {
  const signal = AbortSignal.timeout(PATIENCE_MS);
  for (let tries = 0; tries < TRIES && !signal.aborted; tries++) {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    try {
      const answer = await exchange(contact, method, body, (options) => send(options, agent, signal));
      if (answer === undefined || answer.status !== 401) return answer;
    } catch {
      // Nobody there, or the connection broke.
    } finally {
      agent.destroy();
    }
  }
  return undefined;
}

interface Asked {
  readonly port: number;
  readonly method: 'POST' | 'PUT' | 'DELETE';
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

async function exchange(
  { port, control }: BrokerContact,
  method: 'PUT' | 'DELETE',
  body: string,
  ask: (asked: Asked) => Promise<BrokerAnswer>,
): Promise<BrokerAnswer | undefined> {
  const stepNonce = newSecret();
  const hello = await ask({ port, method: 'POST', headers: { [NONCE_HEADER]: stepNonce }, body: '' });
  const { nonce, proof } = (parseJson(hello.body) ?? {}) as { nonce?: unknown; proof?: unknown };
  if (hello.status !== 200 || !isNonce(nonce)) return undefined;
  const said = { port, stepNonce, brokerNonce: nonce };
  if (!isSameProof(proof, brokerProof(control, said))) return undefined;
  return ask({ port, method, headers: { authorization: stepProof(control, said, method, body) }, body });
}

function send(
  { port, method, headers, body }: Asked,
  agent: Agent,
  signal: AbortSignal,
): Promise<BrokerAnswer> {
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port, path: '/', method, headers, agent, signal };
    const asked = request(options, (response) => {
      let text = '';
      response.on('data', (chunk) => {
        text += chunk;
        if (text.length > MAX_ANSWER_BYTES) asked.destroy(new TypeError('more than a broker says'));
      });
      response.on('end', () => resolve({ status: response.statusCode, body: text }));
      response.on('error', reject);
    });
    asked.on('error', reject);
    asked.on('close', () => reject(new TypeError('no answer')));
    asked.end(body);
  });
}
