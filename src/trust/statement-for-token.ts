import { type Claims, textClaim } from '../identity/claims.ts';
import { isDocumentedKey } from './condition-keys.ts';
import { providerOf, type WebIdentityTrust, webIdentityStatement } from './statement.ts';
import { namesRepository } from './subject.ts';

/**
 * The statement that allows exactly the jobs with a token like this. It names the repository if other repositories can
 * have the same subject, and the called workflow if the job is part of one.
 */
export function statementForToken(
  claims: Claims,
  account: Pick<WebIdentityTrust, 'partition' | 'accountId'>,
) {
  const issuer = textClaim(claims, 'iss');
  return webIdentityStatement({
    ...account,
    issuer,
    audience: audienceOf(claims),
    subject: textClaim(claims, 'sub'),
    repositoryId: namesRepository(claims) ? undefined : conditionText(claims.repository_id),
    jobWorkflowRef: isDocumentedKey(providerOf(issuer), 'job_workflow_ref')
      ? calledWorkflow(claims)
      : undefined,
  });
}

/** The first audience of a token; empty if it has none. */
export function audienceOf(claims: Claims): string {
  return String([claims.aud].flat()[0] ?? '');
}

/** The called workflow that has the job, as `OWNER/NAME/PATH@REF`; undefined for a job of the workflow that runs. */
export function calledWorkflow(claims: Claims): string | undefined {
  const [called, caller] = ['job_workflow_ref', 'workflow_ref'].map((name) => textClaim(claims, name));
  return called === '' || called === caller ? undefined : called;
}

/** A claim as a condition value. Some issuers write IDs as numbers. */
function conditionText(claim: unknown): string | undefined {
  return typeof claim === 'string' || typeof claim === 'number' ? String(claim) : undefined;
}
