import { Agent, type RequestOptions, request } from 'node:http';
import type { ContainerEndpoint } from '../../aws/container-endpoints.ts';
import { parseJson } from '../../platform/json.ts';
import { brokerProof, isNonce, isSameProof, NONCE_HEADER, newSecret, stepProof } from './handshake.ts';

/** Where a broker listens, and the secret it shares with the steps of the job. */
export interface BrokerContact {
  readonly address: ContainerEndpoint;
  readonly port: number;
  readonly control: string;
}

/** What a step requests: `PUT` with the path of a stored plan serves it, `DELETE` stops the broker. */
export interface BrokerCommand {
  readonly method: 'PUT' | 'DELETE';
  readonly body: string;
}

type BrokerAnswer = { readonly status: number | undefined; readonly body: string };

const TIMEOUT_MS = 3_000;

/** A broker with too many connections can close one between the two requests. */
const MAX_ATTEMPTS = 3;

const MAX_ANSWER_BYTES = 64 * 1024;

/**
 * Sends a command to a broker that has proved its identity. A process that has taken its port receives a nonce only.
 *
 * @returns undefined when there is no broker at this port
 */
export async function commandBroker(
  contact: BrokerContact,
  command: BrokerCommand,
): Promise<BrokerAnswer | undefined> {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  for (let attempt = 1; attempt <= MAX_ATTEMPTS && !signal.aborted; attempt++) {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    try {
      const answer = await exchange(contact, command, (headers, method, body) =>
        send({ host: contact.address, port: contact.port, path: '/', method, headers, agent, signal }, body),
      );
      if (answer === undefined || answer.status !== 401) return answer;
    } catch {
      // No process listens there, or the connection broke.
    } finally {
      agent.destroy();
    }
  }
  return undefined;
}

async function exchange(
  { port, control }: BrokerContact,
  { method, body }: BrokerCommand,
  send: (headers: Record<string, string>, method: string, body: string) => Promise<BrokerAnswer>,
): Promise<BrokerAnswer | undefined> {
  const stepNonce = newSecret();
  const hello = await send({ [NONCE_HEADER]: stepNonce }, 'POST', '');
  const { nonce, proof } = (parseJson(hello.body) ?? {}) as { nonce?: unknown; proof?: unknown };
  if (hello.status !== 200 || !isNonce(nonce)) return undefined;
  const nonces = { port, stepNonce, brokerNonce: nonce };
  if (!isSameProof(proof, brokerProof(control, nonces))) return undefined;
  return send({ authorization: stepProof(control, nonces, method, body) }, method, body);
}

function send(options: RequestOptions, body: string): Promise<BrokerAnswer> {
  return new Promise((resolve, reject) => {
    const outgoing = request(options, (response) => {
      let text = '';
      response.on('data', (chunk) => {
        text += chunk;
        if (text.length > MAX_ANSWER_BYTES) outgoing.destroy(new TypeError('not an answer of a broker'));
      });
      response.on('end', () => resolve({ status: response.statusCode, body: text }));
      response.on('error', reject);
    });
    outgoing.on('error', reject);
    outgoing.on('close', () => reject(new TypeError('no answer')));
    outgoing.end(body);
  });
}
