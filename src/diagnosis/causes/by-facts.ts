import type { Claims } from '../../identity/claims.ts';
import { textClaim } from '../../identity/claims.ts';
import { GITHUB_PROVIDER, providerOf } from '../../trust/statement.ts';
import { isCustomised, isImmutable } from '../../trust/subject.ts';
import { type Cause, issuerCause } from './cause.ts';
import type { Denial } from './denial.ts';
import {
  callerNotTrusted,
  customised,
  EXTERNAL_ID_MISSING,
  EXTERNAL_ID_WRONG,
  environmentSubject,
  immutable,
  letterCase,
  MFA_REQUIRED,
  pullRequest,
  reusable,
  roleNotThere,
  SOURCE_IDENTITY,
  TAG_SESSION,
  tagCondition,
  tagRef,
} from './known-causes.ts';

/** Causes for a denied token and an unknown policy: what is unusual about the job. */
export function causesOfDeniedToken(denial: Denial, claims: Claims): readonly Cause[] {
  const subject = textClaim(claims, 'sub');
  const repository = textClaim(claims, 'repository');
  const environment = textClaim(claims, 'environment');
  const ref = textClaim(claims, 'ref');
  const workflow = textClaim(claims, 'job_workflow_ref');
  const issuer = textClaim(claims, 'iss');
  const causes: Cause[] = [];

  if (isCustomised(claims)) causes.push(customised(subject, denial.subjectClaimKeys));
  if (textClaim(claims, 'event_name') === 'pull_request') causes.push(pullRequest(subject));
  if (isImmutable(subject)) causes.push(immutable(subject, repository));
  if (environment !== '') causes.push(environmentSubject(environment));
  if (ref.startsWith('refs/tags/')) causes.push(tagRef(ref));
  if (workflow !== '' && !workflow.startsWith(`${repository}/`)) causes.push(reusable(workflow));
  if (denial.server !== undefined) {
    causes.push({
      id: issuerCause(denial.server),
      why: `the token comes from ${denial.server}, so principal and condition keys start with ${providerOf(issuer)}`,
      check: `Replace ${GITHUB_PROVIDER} in the policy.`,
    });
  }
  if (/[A-Z]/.test(repository)) causes.push(letterCase(subject));
  causes.push(
    {
      id: 'subject',
      why: `the trust policy does not allow the subject ${subject}`,
      check: 'Compare it with the condition letter by letter. A * needs StringLike.',
    },
    roleNotThere(denial),
  );
  return causes;
}

/** Causes for a denied AssumeRole and an unknown policy. */
export function causesOfDeniedCaller(denial: Denial): readonly Cause[] {
  const { hint, request } = denial;
  const caller = denial.caller?.arn ?? 'the caller';
  const { arn } = request.role;
  if (hint === 'tag-session') return [TAG_SESSION, tagCondition(undefined, denial)];
  if (hint === 'source-identity') return [SOURCE_IDENTITY];
  const notTrusted = callerNotTrusted(caller, arn);
  const permission: Cause = {
    id: 'caller-permission',
    why: `${caller} has no permission for sts:AssumeRole on ${arn}`,
    check: `Add a statement to its policies: Allow sts:AssumeRole on ${arn}. Check session policy, permissions boundary and SCPs too.`,
  };
  if (hint === 'caller-permission') return [permission, notTrusted];
  const hasExternalId = request.operation === 'AssumeRole' && request.externalId !== undefined;
  const needsMfa =
    request.operation === 'AssumeRole' && denial.caller?.kind === 'user' && request.mfa === undefined;
  return [
    ...(hasExternalId ? [EXTERNAL_ID_WRONG, notTrusted] : [notTrusted, EXTERNAL_ID_MISSING]),
    ...(needsMfa ? [MFA_REQUIRED] : []),
    permission,
    tagCondition(undefined, denial),
    roleNotThere(denial),
  ];
}
