import { errorTypeRegistries } from '@aws-sdk/client-sts';
import { AwsQueryProtocol } from '@aws-sdk/core/protocols';
import { HttpResponse, type IHttpRequest, parseUrl } from '@smithy/core/protocols';
import { operation } from '@smithy/core/schema';
import { calculateBodyLength, fromBase64, fromUtf8, toBase64, toUtf8 } from '@smithy/core/serde';
import type { StsEndpoint } from '../aws/endpoints.ts';
import type { Credentials } from '../aws/session.ts';
import type { HttpSend } from '../platform/http/http.ts';
import type { StsAnswer, StsCommand } from './operations.ts';

/** How to send a request. */
export interface Sending {
  readonly endpoint: StsEndpoint;
  readonly http: HttpSend;
  /** Sign the request; undefined for an operation whose parameters prove the caller. */
  readonly credentials: Credentials | undefined;
  /** The time of the signature, by the clock of STS. */
  readonly signingDate: Date;
  readonly userAgent: string;
  readonly signal: AbortSignal;
}

/** The AWS query protocol of STS, as the SDK's own client has it. */
const protocol = new AwsQueryProtocol({
  defaultNamespace: 'com.amazonaws.sts',
  errorTypeRegistries,
  xmlNamespace: 'https://sts.amazonaws.com/doc/2011-06-15/',
  version: '2011-06-15',
});
const SERDE = {
  base64Decoder: fromBase64,
  base64Encoder: toBase64,
  utf8Decoder: fromUtf8,
  utf8Encoder: toUtf8,
  streamCollector: async (body: Uint8Array) => body,
};
protocol.setSerdeContext(SERDE);

/**
 * Sends one request with the SDK's protocol and signer. The SDK's client would add what must not happen here, or happens
 * elsewhere: retries (`retries.ts`), endpoint rules (`aws/endpoints.ts`), and a search for credentials and settings in the
 * environment and the shared config files. It is also three times as much code to load.
 *
 * @throws the SDK's error, with the HTTP status and the request ID in `$metadata` if there was a response, and the response
 *   in `$response`
 */
export async function send({ schema, input }: StsCommand, sending: Sending): Promise<StsAnswer> {
  const { endpoint, http, signal } = sending;
  const [, namespace, name, traits, inputSchema, outputSchema] = schema;
  const wanted = operation(namespace, name, traits, inputSchema, outputSchema);
  const url = new URL(endpoint.url);
  const request = await protocol.serializeRequest(wanted, input, {
    ...SERDE,
    endpoint: async () => parseUrl(url),
  });
  const { headers, body } = await prepared(request, url, sending);
  const answer = await http({ url, headers, body, signal });
  const response = new HttpResponse({
    statusCode: answer.status,
    headers: answer.headers as Record<string, string>,
    body: fromUtf8(answer.body),
  });
  try {
    const output = (await protocol.deserializeResponse(wanted, SERDE, response)) as StsAnswer;
    const date = Date.parse(response.headers.date ?? '');
    return Number.isNaN(date) ? output : { ...output, $metadata: { ...output.$metadata, date } };
  } catch (error) {
    throw withResponse(error as Error, response);
  }
}

/** The request with its headers, signed if it has to be. */
async function prepared(
  request: IHttpRequest,
  { host }: URL,
  { endpoint, credentials, signingDate, userAgent }: Sending,
): Promise<IHttpRequest> {
  request.headers.host = host;
  request.headers['content-length'] = String(calculateBodyLength(request.body));
  request.headers['user-agent'] = userAgent;
  if (credentials === undefined) return request;
  const { signRequest } = await import('./sign-request.ts');
  return signRequest(request, endpoint.region, credentials, signingDate);
}

function withResponse(error: Error, response: HttpResponse): Error {
  const { statusCode, headers } = response;
  Object.defineProperty(error, '$response', { value: response, enumerable: false });
  if ('$metadata' in error) return error;
  return Object.assign(error, {
    $metadata: { httpStatusCode: statusCode, requestId: headers['x-amzn-requestid'] },
  });
}
