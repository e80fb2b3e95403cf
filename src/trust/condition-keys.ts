import { GITHUB_PROVIDER } from './statement.ts';

/**
 * IAM User Guide, "Keys available for AWS OIDC federation": the claims of every provider, and those of GitHub. Whether STS
 * reads other claims is unknown: the list has grown, policies with `repository_owner_id` are in use without being on it,
 * and users saw `repository_owner` left out (aws-actions/configure-aws-credentials#306).
 */
const OF_EVERY_PROVIDER = ['amr', 'aud', 'email', 'sub'];
const OF_GITHUB = [
  'actor',
  'actor_id',
  'enterprise_id',
  'environment',
  'job_workflow_ref',
  'ref',
  'repository',
  'repository_id',
  'workflow',
];

/** Whether AWS documents a condition key for a claim of this provider. */
export function isDocumentedKey(provider: string, claim: string): boolean {
  return OF_EVERY_PROVIDER.includes(claim) || (provider === GITHUB_PROVIDER && OF_GITHUB.includes(claim));
}

/** Claims of GitHub's tokens (GitHub Docs, "OpenID Connect reference"). Subjects can be made of them. */
const GITHUB_CLAIMS = new Set([
  ...OF_GITHUB,
  'aud',
  'base_ref',
  'check_run_id',
  'enterprise',
  'event_name',
  'exp',
  'head_ref',
  'iat',
  'iss',
  'issuer_scope',
  'job_workflow_sha',
  'jti',
  'nbf',
  'ref_protected',
  'ref_type',
  'repository_owner',
  'repository_owner_id',
  'repository_visibility',
  'run_attempt',
  'run_id',
  'run_number',
  'runner_environment',
  'sha',
  'sub',
  'workflow_ref',
  'workflow_sha',
]);

/** Whether GitHub's tokens have this claim. Custom properties of a repository have claims of their own. */
export function isGitHubClaim(name: string): boolean {
  return GITHUB_CLAIMS.has(name) || name.startsWith('repo_property_');
}

/** There is no condition key for the issuer (github/docs#22240). */
export const ISSUER_CLAIM = 'iss';

/** Condition keys that describe the session tags of a request, in lower case. */
export const TAG_KEYS = /^(aws:requesttag\/.*|aws:tagkeys|sts:transitivetagkeys)$/;
