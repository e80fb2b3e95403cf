import { type Claims, textClaim } from '../identity/claims.ts';
import { isGitHubClaim } from './condition-keys.ts';
import { GITHUB_PROVIDER } from './statement.ts';
import { audienceOf, calledWorkflow } from './statement-for-token.ts';
import { isImmutable, subjectOf } from './subject.ts';
import { parseSubjectPattern } from './subject-pattern.ts';

/** How a subject is made: with IDs, with names only, or as it is written in `subject`. */
export type SubjectFormat = 'immutable' | 'names' | 'text';

/** A job and the role that it assumes, as a person describes them. Unknown values are empty. */
export interface JobSetup {
  readonly owner: string;
  /** The name of the repository without its owner. */
  readonly repository: string;
  readonly ownerId: string;
  readonly repositoryId: string;
  readonly event: string;
  /** Such as `refs/heads/main`. */
  readonly ref: string;
  readonly environment: string;
  /** The claim `job_workflow_ref`, for a job of a called workflow. */
  readonly calledWorkflow: string;
  readonly format: SubjectFormat;
  /** The claim keys of a customized subject; none for the default subject. */
  readonly subjectKeys: readonly string[];
  /** The subject, for the format `text`. */
  readonly subject: string;
  /** Values of further claims that a customized subject contains. */
  readonly claims: Readonly<Record<string, string>>;
  readonly issuer: string;
  readonly audience: string;
  readonly partition: string;
  readonly accountId: string;
  /** The name of the role, with its path if it has one: `deploy`, `teams/payments/deploy`. */
  readonly role: string;
}

/** The claim keys of a default subject. */
export const DEFAULT_KEYS: readonly string[] = ['repo', 'context'];

/** An example, with which the page starts. */
export const EXAMPLE_SETUP: JobSetup = {
  owner: 'octo-org',
  repository: 'octo-app',
  ownerId: '123456',
  repositoryId: '456789',
  event: 'push',
  ref: 'refs/heads/main',
  environment: '',
  calledWorkflow: '',
  format: 'immutable',
  subjectKeys: [],
  subject: '',
  claims: {},
  issuer: `https://${GITHUB_PROVIDER}`,
  audience: 'sts.amazonaws.com',
  partition: 'aws',
  accountId: '111111111111',
  role: 'deploy',
};

/** Placeholders in a subject. */
const UNKNOWN_IDS: Claims = { repository_owner_id: 'OWNER_ID', repository_id: 'REPOSITORY_ID' };

/** Claims that a setup has a part for. */
const OWN_CLAIMS = [
  'repo',
  'context',
  'aud',
  'iss',
  'sub',
  'repository',
  'repository_owner',
  'repository_id',
  'repository_owner_id',
  'ref',
  'ref_type',
  'event_name',
  'environment',
  'pull_request',
  'job_workflow_ref',
];

/** The claim keys of a setup's subject whose values are not parts of it: custom properties, the actor, the visibility. */
export function furtherKeys({
  subjectKeys,
  format,
}: Pick<JobSetup, 'subjectKeys' | 'format'>): readonly string[] {
  return format === 'text'
    ? []
    : subjectKeys.filter((key) => isGitHubClaim(key) && !OWN_CLAIMS.includes(key));
}

/** The claims of the job's token that its setup shows. Unknown claims are missing. */
export function claimsOf(setup: JobSetup): Claims {
  const { owner, repository, ref, subjectKeys, format } = setup;
  const known = {
    iss: setup.issuer,
    aud: setup.audience,
    repository: owner && repository && `${owner}/${repository}`,
    repository_owner: owner,
    repository_id: setup.repositoryId,
    repository_owner_id: setup.ownerId,
    ref,
    ref_type: ref.startsWith('refs/tags/') ? 'tag' : 'branch',
    event_name: setup.event,
    environment: setup.environment,
    job_workflow_ref: setup.calledWorkflow,
  };
  const further = furtherKeys(setup).map((key) => [key, setup.claims[key] ?? '']);
  const entries = [...Object.entries(known), ...further].filter(([, value]) => value !== '');
  const claims: Claims = Object.fromEntries(entries);
  const keys = subjectKeys.length === 0 ? DEFAULT_KEYS : subjectKeys;
  const form = { keys, immutable: format === 'immutable' };
  return {
    ...claims,
    sub: format === 'text' ? setup.subject : subjectOf({ ...UNKNOWN_IDS, ...claims }, form),
  };
}

/** The setup of the job that has a token with these claims. */
export function setupOf(
  claims: Claims,
  { partition, accountId, role }: Pick<JobSetup, 'partition' | 'accountId' | 'role'> = EXAMPLE_SETUP,
): JobSetup {
  const text = (name: string) => String(claims[name] ?? '');
  const [owner = '', repository = ''] = textClaim(claims, 'repository').split('/');
  const subject = textClaim(claims, 'sub');
  const keys = parseSubjectPattern(subject, false)?.form.keys ?? DEFAULT_KEYS;
  const isDefault = keys.join() === DEFAULT_KEYS.join();
  const format = /^repo:[^:/]+@\d+\//.test(subject) || isImmutable(subject) ? 'immutable' : 'names';
  const setup: JobSetup = {
    owner,
    repository,
    ownerId: text('repository_owner_id'),
    repositoryId: text('repository_id'),
    event: text('event_name'),
    ref: text('ref'),
    environment: text('environment'),
    calledWorkflow: calledWorkflow(claims) ?? '',
    format,
    subjectKeys: isDefault ? [] : keys,
    subject: '',
    claims: {},
    issuer: text('iss'),
    audience: audienceOf(claims),
    partition,
    accountId,
    role,
  };
  const further = Object.fromEntries(furtherKeys(setup).map((key) => [key, text(key)]));
  const complete = { ...setup, claims: further };
  // Subjects of other issuers, and of templates with other claims than those above.
  if (claimsOf(complete).sub === subject) return complete;
  return { ...setup, format: 'text', subjectKeys: [], subject };
}
