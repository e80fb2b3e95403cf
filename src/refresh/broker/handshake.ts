import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/**
 * How a broker and a step prove to each other that they know the control secret of the broker, without sending the secret
 * or the token: another process can have taken the port of a broker that died.
 *
 * A step sends a nonce ({@link NONCE_HEADER}). The broker returns a nonce of its own and its proof over both. The step sends
 * its proof with its request, on the same connection. Each proof names the port, so that a process cannot forward the proof
 * of another broker.
 */
export interface Exchange {
  readonly port: number;
  readonly stepNonce: string;
  readonly brokerNonce: string;
}

export const NONCE_HEADER = 'x-assume-aws-roles-nonce';

/** 256 random bits, also used as a nonce. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url');
}

export const isNonce = (value: unknown): value is string =>
  typeof value === 'string' && /^[\w-]{43}$/.test(value);

export function brokerProof(secret: string, exchange: Exchange): string {
  return proof(secret, 'broker', exchange, []);
}

/** @param request everything that the step requests: method and body */
export function stepProof(secret: string, exchange: Exchange, ...request: readonly string[]): string {
  return proof(secret, 'step', exchange, request);
}

function proof(
  secret: string,
  side: 'broker' | 'step',
  { port, stepNonce, brokerNonce }: Exchange,
  request: readonly string[],
): string {
  const text = JSON.stringify([side, port, stepNonce, brokerNonce, ...request]);
  return createHmac('sha256', secret).update(text).digest('base64url');
}

/** Compares in constant time. */
export function isSameProof(found: unknown, expected: string): boolean {
  if (typeof found !== 'string') return false;
  const [one, other] = [Buffer.from(found), Buffer.from(expected)];
  return one.length === other.length && timingSafeEqual(one, other);
}
