import { type Claims, textClaim } from '../identity/claims.ts';
import { type ClaimCondition, claimConditions, isPositive } from './claim-conditions.ts';
import type { Condition, Statement, TrustPolicy } from './document.ts';
import { evaluateTrust, providersIn, type TrustQuestion } from './evaluate.ts';
import { intendedJobs } from './intended-jobs.ts';
import { type Outsider, outsidersOf } from './outsiders.ts';
import type { Probe } from './probes.ts';
import { conditionValues } from './questions.ts';
import { defaultContext, isImmutable, subjectOf } from './subject.ts';

/** A statement about the tokens of one provider, with the policy around it. */
export interface TokenStatement {
  readonly policy: TrustPolicy;
  readonly statement: Statement;
  readonly provider: string;
  /** The statement's conditions on claims of the provider. */
  readonly conditions: readonly ClaimCondition[];
  /** The claims of the token at hand. */
  readonly token: Claims | undefined;
}

/** An outsider that a statement lets in. */
export interface Admitted {
  /** Its subject. */
  readonly example: string;
  /** The intended job that the outsider differs from. */
  readonly intended: Claims;
}

export type Breadth = ReadonlyMap<Outsider, Admitted>;

type Ignored = (condition: Condition) => boolean;

/** Condition keys, in lower case, whose value a caller chooses or waits for. */
const CHOSEN_BY_CALLER = new Set([
  'aws:currenttime',
  'aws:epochtime',
  'aws:referer',
  'aws:requestedregion',
  'aws:securetransport',
  'aws:useragent',
  'sts:durationseconds',
  'sts:rolesessionname',
]);

/**
 * The outsiders that a statement lets in, by the evaluator's verdict, with the first example of each.
 *
 * @param ignored conditions of the statement that do not count
 */
export function breadthOf(about: TokenStatement, ignored?: Ignored): Breadth {
  const policy = reducedPolicy(about, ignored);
  const jobs = intendedJobs(about.conditions, namedInDenials(about), about.token);
  const intendedPlaces = new Set(jobs.flatMap(({ claims }) => placesOf(claims)));
  const breadth = new Map<Outsider, Admitted>();
  for (const intended of jobs) {
    for (const [outsider, probe] of outsidersOf(intended)) {
      const [repository = '', context = ''] = placesOf(probe.claims);
      const isElsewhere = repository !== intended.claims.repository;
      const isIntended =
        intendedPlaces.has(isElsewhere ? repository : context) && outsider !== 'pull request';
      if (breadth.has(outsider) || isIntended || !admits(policy, probe, about)) continue;
      breadth.set(outsider, { example: exampleOf(probe, intended), intended: intended.claims });
    }
  }
  if (isForPullRequests(about)) breadth.delete('pull request');
  return breadth;
}

/**
 * Subjects of the token's repository that the policy allows in the form with names, and not in the form with IDs, which
 * the token at hand has.
 */
export function brokenByIds(about: TokenStatement): readonly string[] {
  const { token, policy } = about;
  if (token === undefined || !isImmutable(textClaim(token, 'sub'))) return [];
  const ids = { repository_id: token.repository_id, repository_owner_id: token.repository_owner_id };
  const broken = intendedJobs(about.conditions, [], token)
    .filter(({ claims, form }) => claims.repository === token.repository && !form.immutable)
    .map((probe) => ({ ...probe, claims: { ...probe.claims, ...ids } }))
    .filter((probe) => admits(reducedPolicy(about), probe, about))
    .map((probe) => ({ ...probe, form: { ...probe.form, immutable: true } }))
    .filter((probe) => !admits(policy, probe, about))
    .map(({ claims, form }) => subjectOf(claims, form));
  return [...new Set(broken)];
}

/** The statement and the policy's denials, without the conditions that any caller can meet. */
function reducedPolicy({ policy, statement }: TokenStatement, ignored: Ignored = () => false): TrustPolicy {
  const isChosen = ({ key }: Condition) => CHOSEN_BY_CALLER.has(key.toLowerCase());
  const conditions = statement.conditions.filter((one) => !isChosen(one) && !ignored(one));
  const denials = policy.statements.filter((one) => one.effect === 'Deny' && !one.conditions.some(isChosen));
  return { statements: [{ ...statement, conditions }, ...denials] };
}

function admits(
  policy: TrustPolicy,
  { claims, form }: Probe,
  { statement, provider }: TokenStatement,
): boolean {
  const prefix = `${provider.toLowerCase()}:`;
  const context = new Map<string, readonly string[]>();
  for (const [claim, value] of Object.entries({ ...claims, iss: undefined, sub: subjectOf(claims, form) })) {
    const values = conditionValues(value);
    if (values !== undefined) context.set(prefix + claim, values);
  }
  const question: TrustQuestion = {
    action: 'sts:AssumeRoleWithWebIdentity',
    principal: { type: 'Federated', ids: providersIn(statement) },
    context,
    // Breadth counts every claim as read. A claim that STS does not read makes a statement narrower.
    isKnown: (key) => key.startsWith(prefix),
  };
  return evaluateTrust(policy, question).decision === 'allowed';
}

/** The policy can limit a wide Allow with a Deny for all other subjects. */
function namedInDenials({ policy, provider }: TokenStatement): readonly ClaimCondition[] {
  return policy.statements
    .filter(({ effect }) => effect === 'Deny')
    .flatMap((statement) => claimConditions(statement, provider));
}

/** The repository of a job, and what its default subject names in it. */
function placesOf(claims: Claims): readonly string[] {
  const repository = textClaim(claims, 'repository');
  return [repository, `${repository} ${defaultContext(claims)}`];
}

/** The subject of an outsider, with its repository and ref if the intended job has the same subject. */
function exampleOf({ claims, form }: Probe, intended: Probe): string {
  const subject = subjectOf(claims, form);
  const isSamePlace = placesOf(claims).join() === placesOf(intended.claims).join();
  if (isSamePlace || subject !== subjectOf(intended.claims, intended.form)) return subject;
  return `${subject} from ${claims.repository} at ${claims.ref}`;
}

/** Whether the token at hand is a pull request's, and the statement is for pull requests only. */
function isForPullRequests({ conditions, token }: TokenStatement): boolean {
  const values = conditions
    .filter((one) => one.claim === 'sub' && isPositive(one))
    .flatMap((one) => one.values);
  return (
    textClaim(token, 'event_name') === 'pull_request' &&
    values.length > 0 &&
    values.every((value) => value.endsWith(':pull_request'))
  );
}
