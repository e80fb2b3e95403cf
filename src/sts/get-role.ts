import { GetRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { nameOfError } from '../platform/trace.ts';
import type { Unreadable } from '../platform/unreadable.ts';
import { type ClientConnection, clientSettings } from './client-settings.ts';
import { limitAnswers } from './limit-answers.ts';

/** A deployed role. */
export interface DeployedRole {
  readonly arn: string;
  /** The trust policy in JSON. */
  readonly policy: string;
}

/** Reads roles and their trust policies with `iam:GetRole` (IAM API Reference, "GetRole"). */
export function createRoleReader(connection: ClientConnection) {
  const client = new IAMClient({ ...clientSettings(connection), maxAttempts: 3 });
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
