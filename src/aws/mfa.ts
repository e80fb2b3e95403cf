/** The device that gives the one-time code for a request. */
export interface MfaDevice {
  /** The ARN of a virtual device, or the number of a hardware one. */
  readonly serial: string;
  readonly code:
    | { readonly kind: 'code'; readonly code: string }
    | { readonly kind: 'totp'; readonly secret: string };
}
