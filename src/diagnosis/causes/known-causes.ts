import type { Mismatch } from '../../trust/evaluate.ts';
import type { Cause } from './cause.ts';
import type { Denial } from './denial.ts';

/** Causes that are met on more than one way: seen in a policy, or guessed from the facts of the job. */

export const TAG_SESSION: Cause = {
  id: 'tag-session',
  why: 'session tags are sent, and the trust policy or the caller lacks sts:TagSession',
  check: 'Add sts:TagSession beside sts:AssumeRole on both sides, or set role-skip-session-tagging: true.',
};

/** A condition on session tags: seen in a policy, or what may stand there. */
export function tagCondition(seen: Mismatch | undefined, denial: Denial): Cause {
  const { request } = denial;
  const why =
    seen === undefined
      ? 'the trust policy has a condition on session tags (aws:RequestTag, aws:TagKeys or sts:TransitiveTagKeys) that those of this run do not meet'
      : `the trust policy has the condition ${seen.operator} ${seen.key}: ${seen.wanted.join(' or ')}, and the request has ${seen.found.join(', ') || 'no such tag'}`;
  if (request.operation !== 'AssumeRole') {
    return {
      id: 'tag-condition',
      why: `${why}: ${request.operation} is sent without session tags`,
      check: "Write the condition on the token's claims, or assume this role from another one (role-chain).",
    };
  }
  return {
    id: 'tag-condition',
    why,
    check:
      request.tags.length === 0
        ? 'Remove role-skip-session-tagging: without it the tags about the job are sent, and custom-tags.'
        : 'Compare it with the session tags above; custom-tags adds a tag, transitive-tag-keys passes one on.',
  };
}

export const SOURCE_IDENTITY: Cause = {
  id: 'source-identity',
  why: 'a source identity is set, and the trust policy or the caller lacks sts:SetSourceIdentity',
  check: 'Add sts:SetSourceIdentity beside sts:AssumeRole on both sides, or remove source-identity.',
};

export const EXTERNAL_ID_MISSING: Cause = {
  id: 'external-id-missing',
  why: 'the trust policy asks for an external ID, and none is sent',
  check:
    'Set role-external-id, or external_id in the profile, to the one in the condition on sts:ExternalId.',
};

export const EXTERNAL_ID_WRONG: Cause = {
  id: 'external-id-wrong',
  why: 'the external ID is not the one that the trust policy asks for',
  check: 'Compare role-external-id with the condition on sts:ExternalId.',
};

export const MFA_REQUIRED: Cause = {
  id: 'mfa-required',
  why: 'the trust policy asks for MFA, and the caller has not proved it',
  check: 'Set mfa-serial and mfa-totp-secret. A session that another role asked for never has MFA.',
};

export function callerNotTrusted(who: string, role: string): Cause {
  return {
    id: 'caller-not-trusted',
    why: `the trust policy of ${role} does not name ${who}`,
    check:
      'Add it as AWS principal, path included; a role that was deleted and made again has to be entered again.',
  };
}

export function roleNotThere({ request }: Denial): Cause {
  const { name, accountId, path } = request.role;
  return {
    id: 'role-not-there',
    why: `account ${accountId} has no role ${name} with the path ${path}`,
    check: 'Compare account, path and name with the ARN that IAM shows; letter case counts.',
  };
}

export function customised(subject: string, keys: readonly string[] | undefined): Cause {
  return {
    id: 'customised-subject',
    why: `the subject is customised${keys === undefined ? '' : ` (made of ${keys.join(', ')})`}: ${subject}`,
    check: 'Write it into the condition as it is; examples on the web show the default form.',
  };
}

export function pullRequest(subject: string): Cause {
  return {
    id: 'pull-request-subject',
    why: `the job runs for a pull request, whose subject names no branch: ${subject}`,
    check:
      'Give pull requests a role of their own that can only read; do not let them into one that deploys.',
  };
}

export function immutable(subject: string, repository: string): Cause {
  return {
    id: 'immutable-subject',
    why: `the subject has the IDs of owner and repository, and the trust policy names ${repository} without them`,
    check: `Write the subject as the token has it: ${subject}.`,
  };
}

export function nameSubject(subject: string): Cause {
  return {
    id: 'name-subject',
    why: 'the trust policy names owner and repository with their IDs, and the token has names alone',
    check: `Write the subject as the token has it, ${subject}, or turn immutable subjects on for the repository.`,
  };
}

export function environmentSubject(environment: string): Cause {
  return {
    id: 'environment-subject',
    why: `the job names the environment ${environment}, so its subject names that and no branch`,
    check: `Allow …:environment:${environment} in the condition, or remove environment from the job.`,
  };
}

export function tagRef(ref: string): Cause {
  return {
    id: 'tag-ref',
    why: `the run is for the tag ${ref.replace('refs/tags/', '')}, and the trust policy names branches`,
    check: `Allow …:ref:${ref}, or all tags of a form with StringLike …:ref:refs/tags/v*.`,
  };
}

export function reusable(workflow: string): Cause {
  return {
    id: 'reusable-workflow',
    why: `the job is of a reusable workflow, so job_workflow_ref is ${workflow}`,
    check:
      "Compare a condition on job_workflow_ref with that; the subject is still the calling repository's.",
  };
}

export function letterCase(subject: string): Cause {
  return {
    id: 'letter-case',
    why: `letter case: the token has ${subject}, and values compare with case`,
    check: 'Write owner, repository and branch as GitHub shows them.',
  };
}
