import { Sha256 } from '@smithy/core/checksum';
import type { IHttpRequest } from '@smithy/core/protocols';
import { SignatureV4 } from '@smithy/signature-v4';
import type { Credentials } from '../aws/session.ts';

/** Signs a request to STS (AWS Signature Version 4). A file of its own, since a role with OIDC needs no signature. */
export async function signRequest(
  request: IHttpRequest,
  region: string,
  { accessKeyId, secretAccessKey, sessionToken }: Credentials,
  signingDate: Date,
): Promise<IHttpRequest> {
  // Without the expiration: STS decides whether credentials have expired, not the SDK.
  const credentials = { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) };
  const signer = new SignatureV4({ service: 'sts', region, credentials, sha256: Sha256 });
  return signer.sign(request, { signingDate });
}
