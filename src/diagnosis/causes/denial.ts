import type { Claims } from '../../identity/claims.ts';
import type { RoleSessionRequest } from '../../plan/plan.ts';
import type { ErrorCode } from '../../platform/errors.ts';
import type { Cause } from '../../sts/cause.ts';
import type { Verdict } from '../../trust/evaluate.ts';
import type { Caller } from '../../trust/questions.ts';

/** A denied request, with all facts that point to its cause. */
export interface Denial {
  readonly code: ErrorCode;
  /** The cause that the answer of STS names; see `sts/failure-table.ts`. */
  readonly namedCause: Cause | undefined;
  readonly request: RoleSessionRequest;
  /** The claims of the token in the request; undefined for a signed request. */
  readonly claims: Claims | undefined;
  /** The server that issued the token, unless it is github.com; see `issuer-server.ts`. */
  readonly server?: string | undefined;
  readonly caller: Caller | undefined;
  /** The verdict of the trust policy in the workspace, if there is one for this role. */
  readonly verdict: Verdict | undefined;
  /** The claim keys of a customised subject, if they could be read. */
  readonly subjectClaimKeys: readonly string[] | undefined;
}
