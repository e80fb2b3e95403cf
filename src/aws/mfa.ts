/** The MFA device that proves the second factor of a request. */
export interface MfaDevice {
  /** The ARN of a virtual device, or the serial number of a hardware device. */
  readonly serial: string;
  readonly code:
    | { readonly kind: 'code'; readonly code: string }
    | { readonly kind: 'totp'; readonly secret: string };
}
