import type { Claims } from '../../identity/claims.ts';
import type { RoleSessionRequest } from '../../plan/plan.ts';
import type { ErrorCode } from '../../platform/errors.ts';
import type { FailureHint } from '../../sts/failure-table.ts';
import type { Verdict } from '../../trust/evaluate.ts';
import type { Caller } from '../../trust/questions.ts';

/** The known facts about a denial. */
export interface Denial {
  readonly code: ErrorCode;
  /** What STS's message adds to its error code; see `sts/failure-table.ts`. */
  readonly hint: FailureHint | undefined;
  readonly request: RoleSessionRequest;
  /** The claims of the presented token; undefined for a signed request. */
  readonly claims: Claims | undefined;
  /** The server that issued the token, if it is not github.com; see `issuer-server.ts`. */
  readonly server?: string | undefined;
  /** The role or user that signed the request. */
  readonly caller: Caller | undefined;
  /** The verdict of the trust policy in the workspace, if there is one for this role. */
  readonly verdict: Verdict | undefined;
  /** The claim keys of a customised subject, if they could be read. */
  readonly subjectClaimKeys: readonly string[] | undefined;
}
