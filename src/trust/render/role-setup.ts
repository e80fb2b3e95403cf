import type { RoleArn } from '../../aws/arn.ts';
import type { TrustStatement } from '../statement.ts';

/** An identity provider in IAM. */
export interface ProviderSetup {
  /** The issuer's URL. */
  readonly issuer: string;
  readonly audience: string;
}

/** A role to create. */
export interface RoleSetup {
  readonly role: Pick<RoleArn, 'path' | 'name'>;
  readonly statements: readonly TrustStatement[];
  readonly maxSessionSeconds: number;
  /** The ARN of a managed policy. Without one, the role has no permissions. */
  readonly permissions?: string | undefined;
}

/** IAM API Reference, CreateRole, MaxSessionDuration: the default, in seconds. */
export const DEFAULT_SESSION_SECONDS = 3600;
