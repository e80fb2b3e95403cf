import { actionsOfAssumeRole } from '../trust/questions.ts';
import { assumeRoleStatement, type TrustStatement, webIdentityStatement } from '../trust/statement.ts';
import { namesRepository } from '../trust/subject.ts';
import type { Denial } from './causes/denial.ts';

const TRUST_CODES = ['STS_ACCESS_DENIED', 'TRUST_POLICY_MISMATCH', 'STS_PROVIDER_NOT_FOUND'];

/** The trust policy statement that allows exactly this run; undefined if the trust policy cannot be the cause. */
export function statementForRun({ code, request, claims, caller }: Denial): TrustStatement | undefined {
  if (!TRUST_CODES.includes(code)) return undefined;
  const { partition, accountId } = request.role;
  if (claims !== undefined) {
    const [audience = ''] = [claims.aud].flat().map(String);
    const [issuer, subject] = [String(claims.iss), String(claims.sub)];
    // Other repositories can have the same customised subject. Some issuers write IDs as numbers.
    const id = claims.repository_id;
    const isText = typeof id === 'string' || typeof id === 'number';
    const repositoryId = isText && !namesRepository(claims) ? String(id) : undefined;
    return webIdentityStatement({ partition, accountId, issuer, audience, subject, repositoryId });
  }
  if (request.operation !== 'AssumeRole' || caller === undefined) return undefined;
  // As a principal, the root user stands for its whole account. It cannot assume roles.
  if (caller.arn.endsWith(':root')) return undefined;
  return assumeRoleStatement({
    caller: caller.arn,
    actions: actionsOfAssumeRole(request),
    hasExternalId: request.externalId !== undefined,
  });
}
