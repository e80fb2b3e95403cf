import { actionsOfAssumeRole } from '../trust/questions.ts';
import { assumeRoleStatement, type TrustStatement } from '../trust/statement.ts';
import { statementForToken } from '../trust/statement-for-token.ts';
import type { Denial } from './causes/denial.ts';

const TRUST_CODES = ['STS_ACCESS_DENIED', 'TRUST_POLICY_MISMATCH', 'STS_PROVIDER_NOT_FOUND'];

/** The trust policy statement that allows exactly this run; undefined if the trust policy cannot be the cause. */
export function statementForDenial(denial: Denial): TrustStatement | undefined {
  return TRUST_CODES.includes(denial.code) ? statementForRun(denial) : undefined;
}

/** The trust policy statement that allows exactly this request; undefined if its caller is unknown. */
export function statementForRun({
  request,
  claims,
  caller,
}: Pick<Denial, 'request' | 'claims' | 'caller'>): TrustStatement | undefined {
  if (claims !== undefined) return statementForToken(claims, request.role);
  if (request.operation !== 'AssumeRole' || caller === undefined) return undefined;
  // As a principal, the root user stands for its whole account. It cannot assume roles.
  if (caller.arn.endsWith(':root')) return undefined;
  return assumeRoleStatement({
    caller: caller.arn,
    actions: actionsOfAssumeRole(request),
    hasExternalId: request.externalId !== undefined,
  });
}
