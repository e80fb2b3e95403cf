import { createHmac } from 'node:crypto';
import type { Caller } from './credentials.ts';
import type { Parameters } from './limits.ts';
import { StsError } from './sts-error.ts';
import type { StsState } from './sts-state.ts';

/**
 * Whether the request proves MFA; false without MFA parameters.
 *
 * @throws StsError `AccessDenied` for a wrong device or code
 */
export function provesMfa(
  { now }: StsState,
  { SerialNumber, TokenCode }: Parameters,
  { mfaDevice }: Caller,
): boolean {
  if (SerialNumber === undefined && TokenCode === undefined) return false;
  const step = Math.floor(now() / 30_000);
  const codes =
    mfaDevice === undefined ? [] : [-1, 0, 1].map((drift) => totp(mfaDevice.totpSecret, step + drift));
  if (mfaDevice?.serial !== SerialNumber || !codes.includes(TokenCode ?? '')) {
    throw new StsError(
      'AccessDenied',
      'MultiFactorAuthentication failed with invalid MFA one time pass code. ',
    );
  }
  return true;
}

/** RFC 6238 and RFC 4226, section 5.3. */
function totp(secret: string, step: number): string {
  const bits = Array.from(secret, (char) =>
    'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(char).toString(2).padStart(5, '0'),
  ).join('');
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac('sha1', key).update(counter).digest();
  const offset = mac.readUInt8(19) & 15;
  return String((mac.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}
