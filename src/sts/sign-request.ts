import { Sha256 } from '@smithy/core/checksum';
import type { IHttpRequest } from '@smithy/core/protocols';
import { SignatureV4 } from '@smithy/signature-v4';
import type { Credentials } from '../aws/session.ts';
import { keysOf } from './client-settings.ts';

/** Signs a request to STS (AWS Signature Version 4). A file of its own, since a role with OIDC needs no signature. */
export async function signRequest(
  request: IHttpRequest,
  region: string,
  credentials: Credentials,
  signingDate: Date,
): Promise<IHttpRequest> {
  const signer = new SignatureV4({
    service: 'sts',
    region,
    credentials: keysOf(credentials),
    sha256: Sha256,
  });
  return signer.sign(request, { signingDate });
}
