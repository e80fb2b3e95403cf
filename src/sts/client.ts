import { Readable } from 'node:stream';
import { STSClient } from '@aws-sdk/client-sts';
import type { Credentials } from '../aws/credentials.ts';
import type { StsEndpoint } from '../aws/endpoints.ts';
import type { Agents } from '../platform/http/agents.ts';
import { ANSWER_TIMEOUT_MS, CONNECT_TIMEOUT_MS, wholeBody } from '../platform/http/http.ts';
import type { UserAgent } from './user-agent.ts';

/**
 * An SDK client that asks exactly once and looks nowhere for settings: each option named here would else be searched
 * for in the environment and the shared config files.
 *
 * @param clockOffsetMs to add to the runner's clock for signatures
 * @param userAgent which job asks, for CloudTrail
 */
export function createClient(
  { region, url }: StsEndpoint,
  agents: Agents,
  credentials: Credentials | undefined,
  clockOffsetMs: number,
  userAgent: UserAgent,
): STSClient {
  const client = new STSClient({
    region,
    endpoint: url,
    // Operations that carry their proof in the request are not signed and never ask for these.
    credentials: credentials === undefined ? noCredentials : async () => toSdk(credentials),
    requestHandler: {
      connectionTimeout: CONNECT_TIMEOUT_MS,
      requestTimeout: ANSWER_TIMEOUT_MS,
      throwOnRequestTimeout: true,
      // Shared by all clients of one run, so that a chain does not shake hands for every hop.
      ...agents,
    },
    // Retries are ours (`retry.ts`): two layers would multiply.
    maxAttempts: 1,
    retryMode: 'standard',
    defaultsMode: 'legacy',
    useFipsEndpoint: false,
    useDualstackEndpoint: false,
    authSchemePreference: ['sigv4'],
    userAgentAppId: 'assume-aws-roles',
    customUserAgent: userAgent.map(([name, value]) => [name, value]),
    systemClockOffset: clockOffsetMs,
  });
  keepDate(client);
  limitAnswers(client);
  return client;
}

/** The SDK's own timeout ends with the headers; a body it would read without end. */
function limitAnswers({ middlewareStack }: STSClient): void {
  middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      const response = result.response as { statusCode: number; body?: unknown };
      if (!(response.body instanceof Readable)) return result;
      try {
        response.body = await wholeBody(response.body, ANSWER_TIMEOUT_MS);
      } catch (error) {
        throw Object.assign(error as Error, { $metadata: { httpStatusCode: response.statusCode } });
      }
      return result;
    },
    { step: 'deserialize', name: 'limitAnswers', priority: 'low' },
  );
}

/** Notes in the metadata when STS answered, by its own clock. */
function keepDate({ middlewareStack }: STSClient): void {
  middlewareStack.add(
    (next) => async (sent) => {
      const result = await next(sent);
      const { headers } = result.response as { headers?: Readonly<Record<string, string>> };
      const date = Date.parse(headers?.date ?? '');
      if (!Number.isNaN(date)) Object.assign(result.output?.$metadata ?? {}, { date });
      return result;
    },
    { step: 'deserialize', priority: 'high', name: 'keepDate' },
  );
}

/** Without the expiration: whether credentials are still good is for STS to say, not for the SDK. */
function toSdk({ accessKeyId, secretAccessKey, sessionToken }: Credentials) {
  return { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) };
}

async function noCredentials(): Promise<never> {
  throw new TypeError('an operation without signature asked for credentials');
}
