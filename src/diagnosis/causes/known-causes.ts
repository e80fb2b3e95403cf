import type { Cause, CauseId } from '../../sts/cause.ts';
import type { Mismatch } from '../../trust/evaluate.ts';
import type { Denial } from './denial.ts';

/** Causes that both a trust policy and the facts of a job can show. */

/** A condition on session tags: `seen` in a trust policy, or possible. */
export function tagCondition(seen: Mismatch | undefined, { request }: Denial): Cause {
  const id = 'tag-condition';
  const why =
    seen === undefined
      ? 'the trust policy has a condition on session tags (aws:RequestTag, aws:TagKeys, or sts:TransitiveTagKeys) that the tags of this run do not meet'
      : `the trust policy has the condition ${seen.operator} ${seen.key}: ${seen.wanted.join(' or ')}, and the request has ${seen.found.join(', ') || 'no such tag'}`;
  if (request.operation !== 'AssumeRole') {
    return {
      id,
      why: `${why}: ${request.operation} sends no session tags`,
      check: "Use a condition on the token's claims, or assume this role by role chaining (role-chain).",
    };
  }
  const check =
    request.tags.length === 0
      ? 'Remove role-skip-session-tagging, so that the action sends custom-tags and its tags about the job.'
      : 'Compare it with the session tags above. custom-tags adds a tag, transitive-tag-keys passes a tag on.';
  return { id, why, check };
}

export const EXTERNAL_ID_MISSING: Cause = {
  id: 'external-id-missing',
  why: 'the trust policy requires an external ID, and the request has none',
  check:
    'Set role-external-id, or external_id in the profile, to the value in the condition on sts:ExternalId.',
};

export const EXTERNAL_ID_WRONG: Cause = {
  id: 'external-id-wrong',
  why: 'the trust policy requires another external ID',
  check: 'Compare role-external-id with the condition on sts:ExternalId.',
};

export const MFA_REQUIRED: Cause = {
  id: 'mfa-required',
  why: 'the trust policy requires MFA, and the caller did not use it',
  check: 'Set mfa-serial and mfa-totp-secret. A session obtained by role chaining never has MFA.',
};

/** @param caller the ARN of the caller, if known */
export const callerNotTrusted = (role: string, caller = 'the caller'): Cause => ({
  id: 'caller-not-trusted',
  why: `the trust policy of ${role} does not name ${caller}`,
  check:
    'Add it as AWS principal, including its path. After a role was deleted and created again, save the trust policy again.',
});

export const selfAssumption = (role: string): Cause => ({
  id: 'self-assumption',
  why: `the trust policy of ${role} does not let the role assume itself with session tags, which tag-oidc-session requires`,
  check:
    'Add a statement with the role itself as AWS principal, and with sts:AssumeRole and sts:TagSession, to its trust policy; or remove tag-oidc-session.',
});

/** The cause of an issuer other than github.com. */
export function issuerCause(server: string | undefined): CauseId {
  return server === 'GitHub Enterprise Server' ? 'ghes-issuer' : 'other-issuer';
}

export function roleNotThere({ request }: Denial): Cause {
  const { name, accountId, path } = request.role;
  return {
    id: 'role-not-there',
    why: `account ${accountId} has no role ${name} with the path ${path}`,
    check: 'Compare account, path, and name with the ARN in IAM. Letter case counts.',
  };
}

/** @param keys the claim keys of the subject, if known */
export const customised = (subject: string, keys: readonly string[] | undefined): Cause => ({
  id: 'customised-subject',
  why: `the subject is customised${keys === undefined ? '' : ` (made of ${keys.join(', ')})`}: ${subject}`,
  check: 'Use exactly this subject in the condition. Most examples have the default form.',
});

export const pullRequest = (subject: string): Cause => ({
  id: 'pull-request-subject',
  why: `the job runs for a pull request, whose subject names no branch: ${subject}`,
  check: 'Give pull requests a read-only role of their own. Do not let them assume a role that deploys.',
});

export const immutable = (subject: string, repository: string): Cause => ({
  id: 'immutable-subject',
  why: `the subject contains the IDs of owner and repository, and the trust policy names ${repository} without them`,
  check: `Use the subject of the token: ${subject}.`,
});

export const nameSubject = (subject: string): Cause => ({
  id: 'name-subject',
  why: 'the trust policy names owner and repository with their IDs, and the subject has only their names',
  check: `Use the subject of the token, ${subject}, or turn on immutable subjects for the repository.`,
});

export const environmentSubject = (environment: string): Cause => ({
  id: 'environment-subject',
  why: `the job uses the environment ${environment}, so its subject names the environment and no branch`,
  check: `Allow …:environment:${environment} in the condition, or remove environment from the job.`,
});

export const tagRef = (ref: string): Cause => ({
  id: 'tag-ref',
  why: `the run is for the tag ${ref.replace('refs/tags/', '')}, and the trust policy names branches`,
  check: `Allow …:ref:${ref}, or a pattern of tags with StringLike …:ref:refs/tags/v*.`,
});

export const reusable = (workflow: string): Cause => ({
  id: 'reusable-workflow',
  why: `the job is part of a reusable workflow, so job_workflow_ref is ${workflow}`,
  check:
    'Compare it with the condition on job_workflow_ref. The subject is still that of the calling repository.',
});

export const letterCase = (subject: string): Cause => ({
  id: 'letter-case',
  why: `letter case: the token has ${subject}, and conditions compare letter case`,
  check: 'Use the letter case of GitHub for owner, repository, and branch.',
});
