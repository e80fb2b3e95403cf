import type { RoleArn } from './arn.ts';

/** What one node of a plan asks of STS, apart from the proof or credentials it is asked with. */
export type SessionRequest = AssumeRoleWithWebIdentityRequest | AssumeRoleRequest;

interface RoleRequest {
  readonly role: RoleArn;
  readonly sessionName: string;
  readonly durationSeconds: number;
  readonly inlinePolicy: string | undefined;
  readonly policyArns: readonly string[];
}

export interface AssumeRoleWithWebIdentityRequest extends RoleRequest {
  readonly operation: 'AssumeRoleWithWebIdentity';
}

export interface AssumeRoleRequest extends RoleRequest {
  readonly operation: 'AssumeRole';
  readonly externalId: string | undefined;
}

/** One session to obtain. */
export interface PlanNode {
  readonly id: string;
  /** The node whose session calls for this one; undefined when the identity itself does. */
  readonly source: string | undefined;
  readonly request: SessionRequest;
}

/** The graph of sessions to obtain, sources before the nodes that need them. */
export interface Plan {
  readonly nodes: readonly PlanNode[];
  /** The node whose session later steps get. */
  readonly delivered: string;
}
