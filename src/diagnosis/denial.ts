import type { ErrorCode } from '../errors.ts';
import type { Claims } from '../identity/claims.ts';
import type { RoleSessionRequest } from '../plan/plan.ts';
import type { Verdict } from './trust-policy/evaluate.ts';

/** A refusal with all that is known about it, from which causes are found. */
export interface Denial {
  readonly code: ErrorCode;
  /** What STS's own words say, where they say more than the name; see `sts/failure-table.ts`. */
  readonly hint: FailureHint | undefined;
  readonly request: RoleSessionRequest;
  /** The claims of the token that was presented; undefined when the request was signed instead. */
  readonly claims: Claims | undefined;
  /** What issued the token, where that is not github.com; see `issuer-server.ts`. */
  readonly server?: string | undefined;
  /** Who asked, for a request that was signed. */
  readonly caller: Caller | undefined;
  /** What the trust policy in the workspace says, if there is one for this role. */
  readonly verdict: Verdict | undefined;
  /** The claim keys that make up the subject, if organisation or repository chose them and they could be read. */
  readonly subjectClaimKeys: readonly string[] | undefined;
}

export interface Caller {
  /** The ARN that a trust policy names: a role's or a user's, not a session's. */
  readonly arn: string;
  readonly accountId: string;
  readonly kind: 'role' | 'user';
  /** The name of a role's session, where it is known. */
  readonly sessionName?: string | undefined;
  /** Whether a role's session was asked for with MFA, which its requests tell. */
  readonly usedMfa?: boolean;
}

/** What the text of an error says beyond its name. */
export type FailureHint =
  | 'tag-session'
  | 'source-identity'
  | 'caller-permission'
  | 'clock'
  | 'chain-duration';
