import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/**
 * How a broker and the steps that use it prove to each other that they know its control secret, without sending it or the
 * token: whoever has taken the port of a broker that died must learn neither, nor be taken for it.
 *
 * A step sends a nonce ({@link NONCE_HEADER}); the broker answers with one of its own and its proof over both; the step sends
 * its proof with what it asks for, on the same connection. Each proof names the port, so that nobody can pass on that of
 * another broker.
 */
export interface Exchange {
  readonly port: number;
  readonly stepNonce: string;
  readonly brokerNonce: string;
}

/** The header of the first request. */
export const NONCE_HEADER = 'x-assume-aws-roles-nonce';

export function newSecret(): string {
  return randomBytes(32).toString('base64url');
}

export const isNonce = (value: unknown): value is string =>
  typeof value === 'string' && /^[\w-]{43}$/.test(value);

export function brokerProof(secret: string, exchange: Exchange): string {
  return proof(secret, 'broker', exchange, []);
}

/** @param asked all that the step asks for */
export function stepProof(secret: string, exchange: Exchange, ...asked: readonly string[]): string {
  return proof(secret, 'step', exchange, asked);
}

function proof(
  secret: string,
  who: 'broker' | 'step',
  { port, stepNonce, brokerNonce }: Exchange,
  asked: readonly string[],
): string {
  const said = JSON.stringify([who, port, stepNonce, brokerNonce, ...asked]);
  return createHmac('sha256', secret).update(said).digest('base64url');
}

/** Compares in a time that tells nothing. */
export function isSameProof(found: unknown, expected: string): boolean {
  if (typeof found !== 'string') return false;
  const [one, other] = [Buffer.from(found), Buffer.from(expected)];
  return one.length === other.length && timingSafeEqual(one, other);
}
