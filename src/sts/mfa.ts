import type { MfaDevice } from '../aws/mfa.ts';

/**
 * The parameters for MFA. A code made from a secret is valid for 30 s, so each attempt needs a new one.
 *
 * @param now milliseconds since 1970
 */
export async function mfaParameters(
  device: MfaDevice | undefined,
  now: number,
): Promise<{ SerialNumber?: string; TokenCode?: string }> {
  if (device === undefined) return {};
  const { serial, code } = device;
  return { SerialNumber: serial, TokenCode: code.kind === 'code' ? code.code : await totp(code.secret, now) };
}

/** A code of IAM's virtual devices: RFC 6238 with SHA-1, 6 digits, 30 s. */
async function totp(secret: string, now: number): Promise<string> {
  const { Secret, TOTP } = await import('otpauth');
  return new TOTP({ secret: Secret.fromBase32(secret), algorithm: 'SHA1', digits: 6, period: 30 }).generate({
    timestamp: now,
  });
}
