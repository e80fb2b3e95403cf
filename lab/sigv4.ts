import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** A request as the server received it. */
export interface SignedRequest {
  readonly method: string;
  /** The path and the query. */
  readonly url: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
}

export interface Authorization {
  readonly accessKeyId: string;
  readonly scope: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
}

/** The parts of an `Authorization` header (Signature Version 4); undefined if it is incomplete. */
export function parseAuthorization(header: string): Authorization | undefined {
  const parts =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\S+?), *SignedHeaders=(\S+?), *Signature=([0-9a-f]{64})$/.exec(
      header,
    );
  const [, accessKeyId, scope, signedHeaders, signature] = parts ?? [];
  if (
    accessKeyId === undefined ||
    scope === undefined ||
    signedHeaders === undefined ||
    signature === undefined
  ) {
    return undefined;
  }
  return { accessKeyId, scope, signedHeaders: signedHeaders.split(';'), signature };
}

/** Whether the secret access key signed this request (IAM User Guide, "Create a signed AWS API request"). */
export function isSignatureOf(
  request: SignedRequest,
  authorization: Authorization,
  secretAccessKey: string,
): boolean {
  const expected = Buffer.from(signatureOf(request, authorization, secretAccessKey));
  return timingSafeEqual(expected, Buffer.from(authorization.signature));
}

/** The time in `x-amz-date` (`20260101T120000Z`) in milliseconds since 1970; NaN if it is not valid. */
export function signedAt(request: SignedRequest): number {
  const [, date, time] = /^(\d{8})T(\d{6})Z$/.exec(request.headers['x-amz-date'] ?? '') ?? [];
  if (date === undefined || time === undefined) return Number.NaN;
  return Date.parse(
    `${date.replace(/(....)(..)(..)/, '$1-$2-$3')}T${time.replace(/(..)(..)(..)/, '$1:$2:$3')}Z`,
  );
}

function signatureOf(
  request: SignedRequest,
  { scope, signedHeaders }: Authorization,
  secret: string,
): string {
  const stringToSign = [
    'AWS4-HMAC-SHA256',
    request.headers['x-amz-date'],
    scope,
    sha256(canonicalRequest(request, signedHeaders)),
  ].join('\n');
  const key = scope
    .split('/')
    .reduce<Buffer | string>(
      (last, part) => createHmac('sha256', last).update(part).digest(),
      `AWS4${secret}`,
    );
  return createHmac('sha256', key).update(stringToSign).digest('hex');
}

function canonicalRequest(
  { method, url, headers, body }: SignedRequest,
  signedHeaders: readonly string[],
): string {
  const { pathname, searchParams } = new URL(url, 'http://lab');
  const query = [...searchParams]
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .sort()
    .join('&');
  const canonicalHeaders = signedHeaders.map(
    (name) => `${name}:${(headers[name] ?? '').trim().replace(/ +/g, ' ')}\n`,
  );
  return [method, pathname, query, canonicalHeaders.join(''), signedHeaders.join(';'), sha256(body)].join(
    '\n',
  );
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
