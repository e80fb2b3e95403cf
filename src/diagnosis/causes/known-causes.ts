import type { Mismatch } from '../../trust/evaluate.ts';
import type { Cause } from './cause.ts';
import type { Denial } from './denial.ts';

/** Causes that are found in more than one way: seen in a policy, or inferred from the facts of the job. */

export const TAG_SESSION: Cause = {
  id: 'tag-session',
  why: 'the request has session tags, and the trust policy or the caller does not allow sts:TagSession',
  check: 'Allow sts:TagSession beside sts:AssumeRole on both sides, or set role-skip-session-tagging: true.',
};

/** @param seen the condition on session tags that is not met; undefined when the policy is unknown */
export function tagCondition(seen: Mismatch | undefined, { request }: Denial): Cause {
  const condition =
    seen === undefined
      ? 'the trust policy has a condition on session tags (aws:RequestTag, aws:TagKeys or sts:TransitiveTagKeys) that this request does not meet'
      : `the trust policy has the condition ${seen.operator} ${seen.key}: ${seen.wanted.join(' or ')}, and the request has ${seen.found.join(', ') || 'no such tag'}`;
  if (request.operation !== 'AssumeRole') {
    return {
      id: 'tag-condition',
      why: `${condition}; ${request.operation} sends no session tags`,
      check: "Use a condition on the token's claims, or assume this role by role chaining (role-chain).",
    };
  }
  return {
    id: 'tag-condition',
    why: condition,
    check:
      request.tags.length === 0
        ? 'Remove role-skip-session-tagging. The action then sends tags about the job, and custom-tags.'
        : 'Compare the condition with the session tags above. Add tags with custom-tags, and pass them on with transitive-tag-keys.',
  };
}

export const SOURCE_IDENTITY: Cause = {
  id: 'source-identity',
  why: 'the request has a source identity, and the trust policy or the caller does not allow sts:SetSourceIdentity',
  check: 'Allow sts:SetSourceIdentity beside sts:AssumeRole on both sides, or remove source-identity.',
};

export const EXTERNAL_ID_MISSING: Cause = {
  id: 'external-id-missing',
  why: 'the trust policy requires an external ID, and the request has none',
  check:
    'Set role-external-id, or external_id of the profile, to the value in the condition on sts:ExternalId.',
};

export const EXTERNAL_ID_WRONG: Cause = {
  id: 'external-id-wrong',
  why: 'the trust policy requires a different external ID',
  check: 'Compare role-external-id with the condition on sts:ExternalId.',
};

export const MFA_REQUIRED: Cause = {
  id: 'mfa-required',
  why: 'the trust policy requires MFA, and the caller did not use it',
  check: 'Set mfa-serial and mfa-totp-secret. A chained session never has MFA.',
};

export function callerNotTrusted(caller: string, role: string): Cause {
  return {
    id: 'caller-not-trusted',
    why: `the trust policy of ${role} does not name ${caller}`,
    check:
      'Add the ARN as an AWS principal, path included. After a role is deleted and created again, add it again.',
  };
}

export function roleNotThere({ request }: Denial): Cause {
  const { name, accountId, path } = request.role;
  return {
    id: 'role-not-there',
    why: `account ${accountId} has no role ${name} with the path ${path}`,
    check: 'Compare account, path and name, including letter case, with the ARN in the IAM console.',
  };
}

/** @param keys the claim keys of the subject, if known */
export function customised(subject: string, keys: readonly string[] | undefined): Cause {
  const madeOf = keys === undefined ? '' : ` (made of ${keys.join(', ')})`;
  return {
    id: 'customised-subject',
    why: `the subject is customised${madeOf}: ${subject}`,
    check: 'Use this subject in the condition. Most examples show the default form.',
  };
}

export function pullRequest(subject: string): Cause {
  return {
    id: 'pull-request-subject',
    why: `the job runs for a pull request, and its subject names no branch: ${subject}`,
    check: 'Create a read-only role for pull requests. Do not let them assume a role that deploys.',
  };
}

export function immutable(subject: string, repository: string): Cause {
  return {
    id: 'immutable-subject',
    why: `the subject has the IDs of owner and repository, and the trust policy names ${repository} without IDs`,
    check: `Use the subject of the token in the condition: ${subject}.`,
  };
}

export function nameSubject(subject: string): Cause {
  return {
    id: 'name-subject',
    why: 'the trust policy names owner and repository with IDs, and the token has names only',
    check: `Use the subject of the token in the condition, ${subject}, or turn on immutable subjects for the repository.`,
  };
}

export function environmentSubject(environment: string): Cause {
  return {
    id: 'environment-subject',
    why: `the job uses the environment ${environment}, so its subject names the environment and no branch`,
    check: `Allow …:environment:${environment} in the condition, or remove environment from the job.`,
  };
}

export function tagRef(ref: string): Cause {
  return {
    id: 'tag-ref',
    why: `the run is for the tag ${ref.replace('refs/tags/', '')}, and the trust policy names branches`,
    check: `Allow …:ref:${ref}, or a pattern for tags: StringLike …:ref:refs/tags/v*.`,
  };
}

export function reusable(workflow: string): Cause {
  return {
    id: 'reusable-workflow',
    why: `the job belongs to a reusable workflow, so its job_workflow_ref is ${workflow}`,
    check:
      'Compare a condition on job_workflow_ref with this value. The subject still names the calling repository.',
  };
}

export function letterCase(value: string): Cause {
  return {
    id: 'letter-case',
    why: `the trust policy uses another letter case: the token has ${value}, and IAM compares with case`,
    check: 'Write owner, repository and branch as GitHub shows them.',
  };
}
