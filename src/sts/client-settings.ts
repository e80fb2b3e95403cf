import type { Credentials } from '../aws/session.ts';
import type { Agents } from '../platform/http/agents.ts';
import { ANSWER_TIMEOUT_MS, CONNECT_TIMEOUT_MS } from '../platform/http/http.ts';

/** How to reach a service with a client of the SDK. */
export interface ClientConnection {
  /** A region of the partition; IAM and Organizations have one endpoint for each partition. */
  readonly region: string;
  /** Replaces the partition's endpoint. */
  readonly endpoint: string | undefined;
  readonly credentials: Credentials;
  readonly agents: Agents;
}

/** The settings that all clients of the SDK share. What is left out, the SDK would search in the environment. */
export function clientSettings({ region, endpoint, credentials, agents }: ClientConnection) {
  return {
    region,
    ...(endpoint !== undefined && { endpoint }),
    credentials: keysOf(credentials),
    requestHandler: { connectionTimeout: CONNECT_TIMEOUT_MS, requestTimeout: ANSWER_TIMEOUT_MS, ...agents },
    retryMode: 'standard',
    defaultsMode: 'legacy',
    userAgentAppId: 'assume-aws-roles',
  } as const;
}

/** Credentials for the SDK, without the expiration: AWS decides whether they have expired, not the SDK. */
export function keysOf({ accessKeyId, secretAccessKey, sessionToken }: Credentials) {
  return { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) };
}
