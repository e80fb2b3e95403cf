import { GetRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import type { Credentials } from '../aws/session.ts';
import type { Agents } from '../platform/http/agents.ts';
import { ANSWER_TIMEOUT_MS, CONNECT_TIMEOUT_MS } from '../platform/http/http.ts';
import { nameOfError } from '../platform/trace.ts';
import type { Unreadable } from '../platform/unreadable.ts';
import { limitAnswers } from './limit-answers.ts';

/** How to reach IAM. */
export interface IamConnection {
  /** A region of the partition; IAM has one endpoint for each partition. */
  readonly region: string;
  /** Replaces the partition's endpoint. */
  readonly endpoint: string | undefined;
  readonly credentials: Credentials;
  readonly agents: Agents;
}

/** A deployed role. */
export interface DeployedRole {
  readonly arn: string;
  /** The trust policy in JSON. */
  readonly policy: string;
}

/** Reads roles and their trust policies with `iam:GetRole` (IAM API Reference, "GetRole"). */
export function createRoleReader({ region, endpoint, credentials, agents }: IamConnection) {
  const { accessKeyId, secretAccessKey, sessionToken } = credentials;
  const client = new IAMClient({
    region,
    ...(endpoint !== undefined && { endpoint }),
    credentials: { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) },
    requestHandler: { connectionTimeout: CONNECT_TIMEOUT_MS, requestTimeout: ANSWER_TIMEOUT_MS, ...agents },
    maxAttempts: 3,
    retryMode: 'standard',
    defaultsMode: 'legacy',
    userAgentAppId: 'assume-aws-roles',
  });
  limitAnswers(client);
  return async (name: string): Promise<DeployedRole | Unreadable> => {
    try {
      const { Role } = await client.send(new GetRoleCommand({ RoleName: name }));
      const policy = decodeURIComponent(Role?.AssumeRolePolicyDocument ?? '');
      return { arn: Role?.Arn ?? '', policy };
    } catch (error) {
      return { unreadable: nameOfError(error) };
    }
  };
}
