import type { RoleArn } from '../aws/arn.ts';
import type { SessionDuration } from '../aws/durations.ts';
import type { MfaDevice, SessionPolicies } from '../aws/session.ts';
import type { SessionTag } from '../aws/tags.ts';
import type { IdentityConfig } from '../config/config.ts';

/** The STS request of one node of a plan, apart from its source. */
export type SessionRequest =
  | RoleSessionRequest
  | {
      readonly operation: 'GetSessionToken';
      readonly duration: SessionDuration;
      readonly mfa: MfaDevice | undefined;
    }
  | GetFederationTokenRequest
  /** Looks up the owner of the identity's credentials, which are then delivered unchanged. */
  | { readonly operation: 'GetCallerIdentity' };

export type RoleSessionRequest =
  | (RoleSession & { readonly operation: 'AssumeRoleWithWebIdentity'; readonly sessionName: string })
  | (RoleSession & { readonly operation: 'AssumeRoleWithSAML' })
  | AssumeRoleRequest;

interface RoleSession extends SessionPolicies {
  readonly role: RoleArn;
  readonly duration: SessionDuration;
}

export interface AssumeRoleRequest extends RoleSession {
  readonly operation: 'AssumeRole';
  readonly sessionName: string;
  readonly externalId: string | undefined;
  readonly sourceIdentity: string | undefined;
  readonly tags: readonly SessionTag[];
  readonly transitiveTagKeys: readonly string[];
  readonly mfa: MfaDevice | undefined;
}

interface GetFederationTokenRequest extends SessionPolicies {
  readonly operation: 'GetFederationToken';
  readonly name: string;
  readonly duration: SessionDuration;
  readonly tags: readonly SessionTag[];
}

export type NodeSource =
  | { readonly kind: 'identity'; readonly identity: IdentityConfig }
  | { readonly kind: 'node'; readonly id: string };

export interface PlanNode {
  readonly id: string;
  readonly source: NodeSource;
  readonly request: SessionRequest;
}

export interface Delivered {
  readonly node: string;
  readonly region: string;
  /** Whether variables and outputs hold this session. */
  readonly isDefault: boolean;
  readonly profile: ProfileToWrite | undefined;
  /** The organizational unit of the account, for the receipt. */
  readonly unit?: string | undefined;
}

export interface ProfileToWrite {
  readonly name: string;
  readonly settings: readonly (readonly [key: string, value: string])[];
}

export interface Plan {
  readonly nodes: readonly PlanNode[];
  readonly delivered: readonly Delivered[];
}

/** The target of a request for messages: the ARN of the role, or a few words. */
export function targetOf(request: SessionRequest): string {
  if ('role' in request) return request.role.arn;
  switch (request.operation) {
    case 'GetSessionToken':
      return 'a session of the IAM user';
    case 'GetFederationToken':
      return `a federated session named ${request.name}`;
    case 'GetCallerIdentity':
      return "the credentials' own identity";
  }
}
