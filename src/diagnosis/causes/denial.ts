import type { Claims } from '../../identity/claims.ts';
import type { RoleSessionRequest } from '../../plan/plan.ts';
import type { ErrorCode } from '../../platform/errors.ts';
import type { FailureHint } from '../../sts/failure-table.ts';
import type { Verdict } from '../../trust/evaluate.ts';
import type { Caller } from '../../trust/questions.ts';

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
