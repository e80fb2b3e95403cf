import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { STSClient } from '@aws-sdk/client-sts';
import { ANSWER_TIMEOUT_MS, CONNECT_TIMEOUT_MS } from '../http.ts';
import type { Credentials } from '../session/session.ts';

export interface StsConnection {
  readonly region: string;
  readonly endpoint: string;
  readonly httpAgent: HttpAgent;
  readonly httpsAgent: HttpsAgent;
}

/** A connection that all clients of one run share, so that a chain does not shake hands for every hop. */
export function openConnection(region: string, endpoint: string): StsConnection {
  const options = { keepAlive: true, maxSockets: 50 };
  return { region, endpoint, httpAgent: new HttpAgent(options), httpsAgent: new HttpsAgent(options) };
}

/**
 * An SDK client that asks exactly once and looks nowhere for settings: each option named here would else be searched
 * for in the environment and the shared config files.
 */
export function createClient(connection: StsConnection, credentials: Credentials | undefined): STSClient {
  return new STSClient({
    region: connection.region,
    endpoint: connection.endpoint,
    // Operations that carry their proof in the request are not signed and never ask for these.
    credentials: credentials ?? noCredentials,
    requestHandler: {
      connectionTimeout: CONNECT_TIMEOUT_MS,
      requestTimeout: ANSWER_TIMEOUT_MS,
      throwOnRequestTimeout: true,
      httpAgent: connection.httpAgent,
      httpsAgent: connection.httpsAgent,
    },
    // Retries are ours (`retry.ts`): two layers would multiply.
    maxAttempts: 1,
    retryMode: 'standard',
    defaultsMode: 'legacy',
    useFipsEndpoint: false,
    useDualstackEndpoint: false,
    authSchemePreference: ['sigv4'],
    userAgentAppId: 'assume-aws-roles',
  });
}

async function noCredentials(): Promise<never> {
  throw new TypeError('an operation without signature asked for credentials');
}
