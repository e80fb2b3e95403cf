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

/** A token was refused, and nobody here has seen the policy: the job's own facts say what is unusual about it. */
export function causesOfRefusedToken(denial: Denial, claims: Claims): readonly Cause[] {
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
      why: `the token comes from ${denial.server}, so principal and condition keys begin with ${providerOf(issuer)}`,
      check: `Look for ${GITHUB_PROVIDER} in the policy and replace it.`,
    });
  }
  if (/[A-Z]/.test(repository)) causes.push(letterCase(subject));
  causes.push(
    {
      id: 'subject',
      why: `the trust policy does not name the subject ${subject}`,
      check: 'Compare it letter by letter; * needs StringLike.',
    },
    roleNotThere(denial),
  );
  return causes;
}

export function causesOfRefusedHop(denial: Denial): readonly Cause[] {
  const { hint, request, caller } = denial;
  const who = caller?.arn ?? 'the caller';
  const { arn } = request.role;
  if (hint === 'tag-session') return [TAG_SESSION, tagCondition(undefined, denial)];
  if (hint === 'source-identity') return [SOURCE_IDENTITY];
  const permission: Cause = {
    id: 'caller-permission',
    why: `${who} has no policy that allows sts:AssumeRole on ${arn}`,
    check: `Add a statement to its policies: Allow sts:AssumeRole on ${arn}. A session policy, a boundary or an SCP may stand against it, too.`,
  };
  if (hint === 'caller-permission') return [permission, callerNotTrusted(who, arn)];
  const externalId = request.operation === 'AssumeRole' ? request.externalId : undefined;
  const mfa = request.operation === 'AssumeRole' && caller?.kind === 'user' && request.mfa === undefined;
  return [
    ...(externalId === undefined ? [] : [EXTERNAL_ID_WRONG]),
    callerNotTrusted(who, arn),
    ...(externalId === undefined ? [EXTERNAL_ID_MISSING] : []),
    ...(mfa ? [MFA_REQUIRED] : []),
    permission,
    tagCondition(undefined, denial),
    roleNotThere(denial),
  ];
}
