import { type Claims, textClaim } from '../identity/claims.ts';
import type { SubjectForm } from './subject.ts';

/** A job whose token a statement is evaluated with. */
export interface Probe {
  /** The claims of the token without its subject, which follows from them. */
  readonly claims: Claims;
  readonly form: SubjectForm;
  /** Whether the policy names the ref up to its end or to a `*`, so that a longer ref is a twin of it. */
  readonly namesRef: boolean;
}

export interface Ids {
  readonly owner: string;
  readonly repository: string;
  readonly enterprise: string;
}

const WORKFLOW_FILE = '.github/workflows/deploy.yml';

/** A job that takes the place of the token at hand. */
export const EXAMPLE_CLAIMS: Claims = {
  aud: 'sts.amazonaws.com',
  repository: 'octo-org/octo-app',
  repository_owner: 'octo-org',
  repository_owner_id: '1',
  repository_id: '2',
  ref: 'refs/heads/main',
  event_name: 'push',
  actor: 'octocat',
  workflow: 'deploy',
  job_workflow_ref: `octo-org/octo-app/${WORKFLOW_FILE}@refs/heads/main`,
};

/** The same job in another repository, where it runs a workflow of that repository. */
export function inRepository(claims: Claims, repository: string, ids: Ids): Claims {
  if (textClaim(claims, 'repository') === repository) return claims;
  const [owner = ''] = repository.split('/');
  const isSameOwner = owner === textClaim(claims, 'repository_owner');
  const workflow = textClaim(claims, 'job_workflow_ref');
  const [, file = WORKFLOW_FILE] = /^[^/]+\/[^/]+\/([^@]*)/.exec(workflow) ?? [];
  return {
    ...claims,
    repository,
    repository_id: ids.repository,
    repository_owner: owner,
    repository_owner_id: isSameOwner ? claims.repository_owner_id : ids.owner,
    enterprise_id: isSameOwner ? claims.enterprise_id : ids.enterprise,
    job_workflow_ref: `${repository}/${file}@${textClaim(claims, 'ref')}`,
  };
}

/** The same job at another ref, with the workflow of that ref, unless the workflow belongs to another repository. */
export function atRef(claims: Claims, ref: string, event: string): Claims {
  const workflow = textClaim(claims, 'job_workflow_ref');
  const isOwn = workflow.startsWith(`${textClaim(claims, 'repository')}/`);
  return {
    ...claims,
    ref,
    ref_type: ref.startsWith('refs/tags/') ? 'tag' : 'branch',
    event_name: event,
    job_workflow_ref: isOwn ? `${workflow.split('@')[0]}@${ref}` : workflow,
  };
}
