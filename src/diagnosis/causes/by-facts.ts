import { type Claims, textClaim } from '../../identity/claims.ts';
import { type Cause, callerPermission } from '../../sts/cause.ts';
import { GITHUB_PROVIDER, providerOf } from '../../trust/statement.ts';
import { isCustomised, isImmutable } from '../../trust/subject.ts';
import type { Denial } from './denial.ts';
import * as known from './known-causes.ts';

/** Without a trust policy to look at: the cause that STS names, and what the facts of the job suggest. */
export function causesByFacts(denial: Denial): readonly Cause[] {
  const { code, claims, namedCause } = denial;
  if (code === 'STS_ACCESS_DENIED')
    return claims === undefined ? causesOfDeniedCaller(denial) : causesOfDeniedToken(denial, claims);
  if (namedCause === undefined) return [];
  return code === 'STS_PROVIDER_NOT_FOUND' ? causesOfMissingProvider(denial, namedCause) : [namedCause];
}

function causesOfMissingProvider({ claims, request, server }: Denial, missing: Cause): readonly Cause[] {
  const { accountId } = request.role;
  const issuer = textClaim(claims, 'iss');
  const otherIssuer: Cause = {
    id: known.issuerCause(server),
    why: `the token comes from ${server} (${issuer}), and account ${accountId} has no provider with this URL`,
    check: `Create the provider with the URL ${issuer}. A provider for https://${GITHUB_PROVIDER} does not cover it.`,
  };
  const otherAccount: Cause = {
    id: 'role-not-there',
    why: `the role's ARN names account ${accountId} by mistake`,
    check: 'Compare the account in role-to-assume with the account of the provider.',
  };
  return [...(server === undefined ? [] : [otherIssuer]), missing, otherAccount];
}

/** STS does not say why it denies a token: the unusual facts of the job come first. */
function causesOfDeniedToken(denial: Denial, claims: Claims): readonly Cause[] {
  const subject = textClaim(claims, 'sub');
  const repository = textClaim(claims, 'repository');
  const environment = textClaim(claims, 'environment');
  const ref = textClaim(claims, 'ref');
  const workflow = textClaim(claims, 'job_workflow_ref');
  const causes: Cause[] = [];

  if (isCustomised(claims)) causes.push(known.customised(subject, denial.subjectClaimKeys));
  if (textClaim(claims, 'event_name') === 'pull_request') causes.push(known.pullRequest(subject));
  if (isImmutable(subject)) causes.push(known.immutable(subject, repository));
  if (environment !== '') causes.push(known.environmentSubject(environment));
  if (ref.startsWith('refs/tags/')) causes.push(known.tagRef(ref));
  if (workflow !== '' && !workflow.startsWith(`${repository}/`)) causes.push(known.reusable(workflow));
  if (denial.server !== undefined) {
    causes.push({
      id: known.issuerCause(denial.server),
      why: `the token comes from ${denial.server}, so principal and condition keys must start with ${providerOf(textClaim(claims, 'iss'))}`,
      check: `Search the trust policy for ${GITHUB_PROVIDER}, and replace it.`,
    });
  }
  if (/[A-Z]/.test(repository)) causes.push(known.letterCase(subject));
  causes.push(
    {
      id: 'subject',
      why: `the trust policy does not name the subject ${subject}`,
      check: 'Compare it letter by letter. A * needs StringLike.',
    },
    known.roleNotThere(denial),
  );
  return causes;
}

function causesOfDeniedCaller(denial: Denial): readonly Cause[] {
  const { namedCause, request, caller } = denial;
  const { arn } = request.role;
  const permission = callerPermission(arn, caller?.arn);
  const isItself = caller?.arn === arn;
  const notTrusted = isItself ? known.selfAssumption(arn) : known.callerNotTrusted(arn, caller?.arn);
  if (namedCause?.id === 'tag-session' && isItself) return [notTrusted, namedCause];
  if (namedCause?.id === 'tag-session') return [namedCause, known.tagCondition(undefined, denial)];
  if (namedCause?.id === 'caller-permission') return [permission, notTrusted];
  if (namedCause !== undefined) return [namedCause];
  const externalId = request.operation === 'AssumeRole' ? request.externalId : undefined;
  const mfa = request.operation === 'AssumeRole' && caller?.kind === 'user' && request.mfa === undefined;
  return [
    ...(externalId === undefined ? [] : [known.EXTERNAL_ID_WRONG]),
    notTrusted,
    ...(externalId === undefined ? [known.EXTERNAL_ID_MISSING] : []),
    ...(mfa ? [known.MFA_REQUIRED] : []),
    permission,
    known.tagCondition(undefined, denial),
    known.roleNotThere(denial),
  ];
}
