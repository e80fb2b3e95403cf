import { Readable } from 'node:stream';
import { STSClient } from '@aws-sdk/client-sts';
import type { StsEndpoint } from '../aws/endpoints.ts';
import type { Credentials } from '../aws/session.ts';
import type { Agents } from '../platform/http/agents.ts';
import { ANSWER_TIMEOUT_MS, CONNECT_TIMEOUT_MS, wholeBody } from '../platform/http/http.ts';
import type { UserAgent } from './user-agent.ts';

/**
 * A client of the SDK that sends each request once. It has all its settings from here: the SDK would search the
 * environment and the shared config files for any option that is missing.
 */
export function createClient({
  endpoint,
  agents,
  credentials,
  clockOffsetMs,
  userAgent,
}: {
  readonly endpoint: StsEndpoint;
  readonly agents: Agents;
  readonly credentials: Credentials | undefined;
  readonly clockOffsetMs: number;
  readonly userAgent: UserAgent;
}): STSClient {
  const client = new STSClient({
    region: endpoint.region,
    endpoint: endpoint.url,
    credentials: async () => {
      if (credentials === undefined)
        throw new TypeError('an operation without a signature requested credentials');
      // Without the expiration: STS decides whether credentials have expired, not the SDK.
      const { accessKeyId, secretAccessKey, sessionToken } = credentials;
      return { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) };
    },
    requestHandler: {
      connectionTimeout: CONNECT_TIMEOUT_MS,
      requestTimeout: ANSWER_TIMEOUT_MS,
      throwOnRequestTimeout: true,
      // All clients of one run share connections.
      ...agents,
    },
    // `retries.ts` retries; two layers would multiply the attempts.
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

/** Limits the size and time of answers: the SDK has a timeout for the headers only, and reads a body of any size. */
export function limitAnswers({ middlewareStack }: STSClient): void {
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
