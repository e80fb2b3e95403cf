import { type Claims, textClaim } from '../identity/claims.ts';
import { conditionOutcome, parseOperator } from './condition-operators.ts';
import type { Condition } from './document.ts';
import type { SubjectForm } from './subject.ts';
import { parseSubjectPattern, type SubjectPattern } from './subject-pattern.ts';
import { memberOf } from './wildcards.ts';

/** A job whose token a statement is evaluated with. */
export interface Probe {
  readonly claims: Claims;
  readonly form: SubjectForm;
  /** Whether the policy names the ref from its start to its end or to a `*`, so that a longer ref is a twin of it. */
  readonly namesRef: boolean;
}

/** How a job differs from the job that a statement is for. */
export type Outsider =
  | 'other owner'
  | 'owner twin'
  | 'other repository'
  | 'repository twin'
  | 'pull request'
  | 'other branch'
  | 'branch twin'
  | 'tag'
  | 'other environment'
  | 'environment twin';

const WORKFLOW_FILE = '.github/workflows/deploy.yml';
const DEFAULT_CLAIMS: Claims = {
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
const OPEN: SubjectPattern = { form: { keys: ['repo', 'context'], immutable: false }, parts: new Map() };
/** Longer than any subject in the default form. */
const MAX_PATTERN = 1024;
const EQUALS = ['StringEquals', 'StringEqualsIgnoreCase'];

/** A condition on a claim, without its provider. */
export interface ClaimCondition extends Condition {
  readonly claim: string;
}

/** Whether a condition lists values that it accepts. */
export function isPositive({ operator }: Condition): boolean {
  const { name } = parseOperator(operator);
  return name === 'StringLike' || EQUALS.includes(name);
}

/** Whether `*` and `?` are wildcards in the values of a condition. */
export function hasWildcards({ operator }: Condition): boolean {
  return parseOperator(operator).name === 'StringLike';
}

/**
 * The jobs that a statement is for: one for each subject that it names, and the job of the token at hand. Claims that
 * the statement does not name come from the token, or are examples.
 *
 * @param conditions those of the statement on the claims of its provider
 * @param denials conditions of the policy's denials, which can name subjects too
 */
export function intendedJobs(
  conditions: readonly ClaimCondition[],
  denials: readonly ClaimCondition[],
  token: Claims | undefined,
): Probe[] {
  const patterns = [...conditions, ...denials].flatMap(subjectPatterns);
  const own = token === undefined ? undefined : parseSubjectPattern(textClaim(token, 'sub'), false);
  if (own !== undefined) patterns.push({ form: own.form, parts: new Map() });
  if (patterns.length === 0) patterns.push(OPEN);
  return patterns.map((pattern) => intendedJob(pattern, conditions, token));
}

function subjectPatterns(condition: ClaimCondition): SubjectPattern[] {
  if (condition.claim !== 'sub') return [];
  const isPattern = parseOperator(condition.operator).name.endsWith('Like');
  return condition.values
    .filter((value) => value.length <= MAX_PATTERN && (isPattern || !/[*?]/.test(value)))
    .map((value) => parseSubjectPattern(value, isPattern))
    .filter((pattern) => pattern !== undefined);
}

function intendedJob(
  { form, parts }: SubjectPattern,
  conditions: readonly ClaimCondition[],
  token: Claims | undefined,
): Probe {
  const positive = conditions.filter((one) => one.claim !== 'sub' && isPositive(one));
  const wanted = (claim: string) =>
    parts.get(claim) ?? positive.find((one) => one.claim === claim)?.values[0];
  const base = token ?? DEFAULT_CLAIMS;
  let claims = inRepository(base, intendedRepository(wanted, base), EXAMPLE_IDS);

  const [ownerPart = '', namePart = ''] = wanted('repo')?.split('/') ?? [];
  const ids = { repository_owner_id: ownerPart.split('@')[1], repository_id: namePart.split('@')[1] };
  for (const [claim, id] of Object.entries(ids))
    if (id !== undefined) claims = { ...claims, [claim]: memberOf(id, textClaim(claims, claim)) };

  const isPullRequest = parts.has('pull_request');
  if (parts.has('ref') || isPullRequest) claims = { ...claims, environment: undefined };
  if (isPullRequest) claims = atRef(claims, 'refs/pull/1/merge', 'pull_request');
  const ref = wanted('ref');
  if (ref !== undefined)
    claims = atRef(claims, fullRef(memberOf(ref, textClaim(base, 'ref'))), textClaim(claims, 'event_name'));

  for (const [claim, value] of parts) {
    if (['repo', 'repository_owner', 'ref', 'pull_request'].includes(claim)) continue;
    claims = { ...claims, [claim]: memberOf(value, textClaim(claims, claim) || 'x').replaceAll('%3A', ':') };
  }
  for (const condition of positive) {
    const [first = ''] = condition.values;
    if (
      conditionOutcome(condition.operator, [textClaim(claims, condition.claim)], condition.values) ===
      'not met'
    )
      claims = { ...claims, [condition.claim]: hasWildcards(condition) ? memberOf(first, 'x') : first };
  }
  for (const { operator, claim, values } of conditions) {
    const isRequired = operator === 'Null' && values.includes('false');
    if (isRequired && claims[claim] === undefined) claims = { ...claims, [claim]: 'x' };
  }
  return { claims, form, namesRef: ref !== undefined && ref.replace(/\*+$/, '') === memberOf(ref, '') };
}

/** `OWNER/NAME` as the subject or conditions on other claims name it; parts that they do not name come from `base`. */
function intendedRepository(wanted: (claim: string) => string | undefined, base: Claims): string {
  const [baseOwner = '', baseName = ''] = textClaim(base, 'repository').split('/');
  const [owner = '*', name = '*'] = (wanted('repo') ?? '*/*').replaceAll(/@[^/]*/g, '').split('/');
  const isBase = base !== DEFAULT_CLAIMS;
  const workflow = isBase ? undefined : /^([^/]+)\/([^/@]+)\//.exec(wanted('job_workflow_ref') ?? '');
  const [conditionOwner, conditionName] = wanted('repository')?.split('/') ?? [];
  const isOpen = (pattern: string) => /^\*+$/.test(pattern);
  const ownerPattern = isOpen(owner)
    ? (conditionOwner ?? wanted('repository_owner') ?? workflow?.[1] ?? '*')
    : owner;
  const namePattern = isOpen(name) ? (conditionName ?? workflow?.[2] ?? '*') : name;
  return `${memberOf(ownerPattern, baseOwner)}/${memberOf(namePattern, baseName)}`;
}

/** The jobs that differ from the intended one in one way, and choose freely what an outsider can choose. */
export function outsidersOf({ claims, form, namesRef }: Probe): (readonly [Outsider, Probe])[] {
  const [owner = '', name = ''] = textClaim(claims, 'repository').split('/');
  const environment = textClaim(claims, 'environment');
  const ref = textClaim(claims, 'ref');
  const elsewhere = (repository: string) => inRepository(claims, repository, OUTSIDER_IDS);
  const event = textClaim(claims, 'event_name');
  const ownEvent = event === 'pull_request' ? 'push' : event;
  const on = (otherRef: string, otherEvent = ownEvent) =>
    atRef({ ...claims, environment: undefined }, otherRef, otherEvent);
  const into = (otherEnvironment: string) => ({
    ...on('refs/heads/another-branch'),
    environment: otherEnvironment,
  });
  const jobs: [Outsider, Claims][] = [
    ['other owner', elsewhere(`stranger/${name}`)],
    ['owner twin', elsewhere(`${owner}-evil/${name}`)],
    ['other repository', elsewhere(`${owner}/another-repository`)],
    ['repository twin', elsewhere(`${owner}/${name}-two`)],
    ['pull request', on('refs/pull/1/merge', 'pull_request')],
    ['other branch', on('refs/heads/another-branch')],
    ['other environment', into('another-environment')],
  ];
  if (!ref.startsWith('refs/tags/')) jobs.push(['tag', on('refs/tags/another-tag')]);
  if (namesRef && ref.startsWith('refs/heads/')) jobs.push(['branch twin', on(`${ref}-two`)]);
  if (environment !== '') jobs.push(['environment twin', into(`${environment}-two`)]);
  return jobs.map(([outsider, changed]) => [outsider, { claims: changed, form, namesRef }] as const);
}

interface Ids {
  readonly owner: string;
  readonly repository: string;
  readonly enterprise: string;
}

const EXAMPLE_IDS: Ids = { owner: '1', repository: '2', enterprise: '3' };
const OUTSIDER_IDS: Ids = { owner: '900001', repository: '900002', enterprise: '900003' };

/** The same job in another repository, where it runs a workflow of that repository. */
function inRepository(claims: Claims, repository: string, ids: Ids): Claims {
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

/** The same job at another ref. A workflow of its own repository is at that ref, too. */
function atRef(claims: Claims, ref: string, event: string): Claims {
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

function fullRef(ref: string): string {
  return /^refs\/(heads|tags|pull)\//.test(ref) ? ref : 'refs/heads/main';
}
