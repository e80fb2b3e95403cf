import { matchesAll, memberOf } from '../aws/wildcards.ts';
import { type Claims, textClaim } from '../identity/claims.ts';
import { distinctBy } from '../platform/distinct.ts';
import { type ClaimCondition, hasWildcards, isPositive } from './claim-conditions.ts';
import { conditionOutcome, requiresKey } from './condition-operators.ts';
import { atRef, EXAMPLE_CLAIMS, type Ids, inRepository, type Probe } from './probes.ts';
import { parseSubjectPattern, type SubjectPattern } from './subject-pattern.ts';

const OPEN: SubjectPattern = { form: { keys: ['repo', 'context'], immutable: false }, parts: new Map() };
/** Longer than any subject in the default form. */
const MAX_PATTERN = 1024;
const EXAMPLE_IDS: Ids = { owner: '1', repository: '2', enterprise: '3' };
/** Parts of a subject that repository, ref and event are made from. */
const PLACE = ['repo', 'repository_owner', 'ref', 'pull_request'];

/**
 * The jobs that a statement is for: one for each subject that it names, and the job of the token at hand. Claims that
 * the statement does not name come from the token, or are examples.
 *
 * @param conditions those of the statement on claims
 * @param denials those of the policy's denials, which can name subjects too
 */
export function intendedJobs(
  conditions: readonly ClaimCondition[],
  denials: readonly ClaimCondition[],
  token: Claims | undefined,
): Probe[] {
  const patterns = [...conditions, ...denials].flatMap(subjectPatterns);
  const own = parseSubjectPattern(textClaim(token, 'sub'), false);
  if (own !== undefined) patterns.push({ form: own.form, parts: new Map() });
  if (patterns.length === 0) patterns.push(OPEN);
  const jobs = patterns.map((pattern) => intendedJob(pattern, conditions, token ?? EXAMPLE_CLAIMS));
  return distinctBy(jobs, (job) => JSON.stringify(job));
}

function subjectPatterns(condition: ClaimCondition): SubjectPattern[] {
  if (condition.claim !== 'sub') return [];
  const isPattern = hasWildcards(condition);
  return condition.values
    .filter((value) => value.length <= MAX_PATTERN && (isPattern || !/[*?]/.test(value)))
    .map((value) => parseSubjectPattern(value, isPattern))
    .filter((pattern) => pattern !== undefined);
}

/** @param base the claims of the token at hand, or examples */
function intendedJob(
  { form, parts }: SubjectPattern,
  conditions: readonly ClaimCondition[],
  base: Claims,
): Probe {
  const positive = conditions.filter((one) => one.claim !== 'sub' && isPositive(one));
  const wanted: Wanted = (claim) =>
    parts.get(claim) ?? positive.find((one) => one.claim === claim)?.values[0];
  const place = atIntendedRef(inIntendedRepository(base, wanted), parts, wanted);
  const claims: Record<string, unknown> = { ...place };
  for (const [claim, value] of parts) {
    const filler = textClaim(claims, claim) || 'x';
    if (!PLACE.includes(claim)) claims[claim] = memberOf(value, filler).replaceAll('%3A', ':');
  }
  for (const { claim, operator, values } of positive) {
    const outcome = conditionOutcome(operator, [textClaim(claims, claim)], values);
    const [first = ''] = values;
    if (outcome === 'not met') claims[claim] = hasWildcards({ operator }) ? memberOf(first, 'x') : first;
  }
  for (const condition of conditions) if (requiresKey(condition)) claims[condition.claim] ??= 'x';
  const ref = wanted('ref');
  return { claims, form, namesRef: ref !== undefined && ref.replace(/\*+$/, '') === memberOf(ref, '') };
}

/** The value, or a pattern for it, that a statement wants for a part of the subject or a claim. */
type Wanted = (claim: string) => string | undefined;

/** The job in the repository that subject, claims or workflow name; what they leave open comes from `base`. */
function inIntendedRepository(base: Claims, wanted: Wanted): Claims {
  const [baseOwner = '', baseName = ''] = textClaim(base, 'repository').split('/');
  const [owner = '', ownerId] = (wanted('repo')?.split('/')[0] ?? '*').split('@');
  const [name = '', nameId] = (wanted('repo')?.split('/')[1] ?? '*').split('@');
  const [claimedOwner, claimedName] = wanted('repository')?.split('/') ?? [];
  // A token shows which workflow its job calls. Without one, the workflow's own repository is the likely one.
  const workflow = base === EXAMPLE_CLAIMS ? wanted('job_workflow_ref') : undefined;
  const [, workflowOwner, workflowName] = /^([^/]+)\/([^/@]+)\//.exec(workflow ?? '') ?? [];
  const ownerPattern = matchesAll(owner)
    ? (claimedOwner ?? wanted('repository_owner') ?? workflowOwner ?? '*')
    : owner;
  const namePattern = matchesAll(name) ? (claimedName ?? workflowName ?? '*') : name;
  const repository = `${memberOf(ownerPattern, baseOwner)}/${memberOf(namePattern, baseName)}`;
  const claims = inRepository(base, repository, EXAMPLE_IDS);
  const idOf = (id: string | undefined, claim: string) =>
    id === undefined ? claims[claim] : memberOf(id, textClaim(claims, claim));
  return {
    ...claims,
    repository_owner_id: idOf(ownerId, 'repository_owner_id'),
    repository_id: idOf(nameId, 'repository_id'),
  };
}

/** The job for the ref or pull request that the statement names. */
function atIntendedRef(base: Claims, parts: SubjectPattern['parts'], wanted: Wanted): Claims {
  const isPullRequest = parts.has('pull_request');
  const claims = parts.has('ref') || isPullRequest ? { ...base, environment: undefined } : base;
  const event = isPullRequest ? 'pull_request' : textClaim(claims, 'event_name');
  const pattern = wanted('ref');
  if (pattern === undefined) return isPullRequest ? atRef(claims, 'refs/pull/1/merge', event) : claims;
  const ref = memberOf(pattern, textClaim(claims, 'ref'));
  return atRef(claims, /^refs\/(heads|tags|pull)\//.test(ref) ? ref : 'refs/heads/main', event);
}
