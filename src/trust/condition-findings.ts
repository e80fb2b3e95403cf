import { unitsOf } from '../aws/wildcards.ts';
import type { TokenStatement } from './breadth.ts';
import { type ClaimCondition, hasWildcards, isPositive } from './claim-conditions.ts';
import { ISSUER_CLAIM, isDocumentedKey, isGitHubClaim } from './condition-keys.ts';
import { assertsPresence, conditionOutcome, parseOperator } from './condition-operators.ts';
import type { Condition } from './document.ts';
import type { Finding } from './risk.ts';
import { isSubjectKey } from './subject-pattern.ts';

/** Conditions that do not do what their author is likely to want. */
export function conditionFindings(about: TokenStatement): Finding[] {
  const { conditions, statement, provider } = about;
  const impossible = statement.conditions.flatMap((condition) => keyThatNoTokenHas(condition, about));
  if (impossible.length > 0) return impossible;
  const findings = [
    ...conditions.flatMap((condition) => [
      ...wildcardsUnderEquals(condition),
      ...unsupportedClaim(condition, provider),
      ...subjectsThatNoTokenHas(condition),
    ]),
    ...statement.conditions.flatMap((condition) => forAllValues(condition, statement.conditions)),
    ...contradictions(conditions),
  ];
  if (conditions.some(bindsAudience)) return findings;
  const audience: Finding = {
    id: 'no-audience-condition',
    problem: 'no condition requires an audience, so tokens for other services get in',
    remedy: `Add StringEquals ${provider}:aud.`,
  };
  return [audience, ...findings];
}

/** Whether a condition rejects tokens with another audience. */
function bindsAudience({ operator, values, claim }: ClaimCondition): boolean {
  if (claim !== 'aud' || parseOperator(operator).ifExists) return false;
  return conditionOutcome(operator, ['https://stranger.example'], values) !== 'met';
}

function wildcardsUnderEquals(condition: ClaimCondition): Finding[] {
  if (!isPositive(condition) || hasWildcards(condition)) return [];
  const { operator, key, values } = condition;
  return values
    .filter((value) => unitsOf(value).some((unit) => typeof unit !== 'string'))
    .map((value) => ({
      id: 'wildcard-in-equals',
      key,
      problem: `${operator} ${key} compares * and ? as plain characters, so ${value} matches no token`,
      remedy: 'Use StringLike.',
    }));
}

function unsupportedClaim({ claim, key }: ClaimCondition, provider: string): Finding[] {
  if (isDocumentedKey(provider, claim) || !isGitHubClaim(claim) || claim === ISSUER_CLAIM) return [];
  return [
    {
      id: 'unsupported-claim',
      key,
      problem: `AWS does not document the condition key ${key}, so STS may not read this claim`,
      remedy:
        'Use the subject, or a claim that STS reads: repository_id, job_workflow_ref, ref, environment.',
    },
  ];
}

function forAllValues({ operator, key }: Condition, conditions: readonly Condition[]): Finding[] {
  const { set, name } = parseOperator(operator);
  if (set !== 'ForAllValues' || assertsPresence(conditions, key)) return [];
  return [
    {
      id: 'for-all-values',
      key,
      problem: `${operator} ${key} is met by a token without that claim`,
      remedy: `Use ${name}. Set operators are for keys with several values.`,
    },
  ];
}

/** A condition on a claim that GitHub's tokens do not have, or on another provider's claim. */
function keyThatNoTokenHas({ operator, key }: Condition, { provider }: TokenStatement): Finding[] {
  const { set, ifExists } = parseOperator(operator);
  const isRequired = isPositive({ operator }) && set !== 'ForAllValues' && !ifExists;
  const at = key.lastIndexOf(':');
  const [prefix, claim] = [key.slice(0, at).toLowerCase(), key.slice(at + 1).toLowerCase()];
  // Providers are host names; the prefixes of AWS's own keys have no dot.
  if (!isRequired || !prefix.includes('.')) return [];
  if (prefix === provider.toLowerCase() && isGitHubClaim(claim) && claim !== ISSUER_CLAIM) return [];
  return [
    {
      id: 'never-matches',
      key,
      problem: `tokens of ${provider} have no value for ${key}`,
      remedy: 'Remove the condition, or check its spelling.',
    },
  ];
}

function subjectsThatNoTokenHas(condition: ClaimCondition): Finding[] {
  if (condition.claim !== 'sub' || !isPositive(condition)) return [];
  const wildcards = hasWildcards(condition);
  return condition.values
    .filter((value) => (wildcards || !/[*?]/.test(value)) && !canBeSubject(value, wildcards))
    .map((value) => ({
      id: 'never-matches',
      key: condition.key,
      problem: `GitHub issues no token with the subject ${value}`,
      remedy:
        'Use repo:OWNER/NAME:ref:refs/heads/BRANCH, repo:OWNER/NAME:environment:NAME or repo:OWNER/NAME:pull_request.',
    }));
}

/** Whether the text before the first wildcard can start a subject: keys with a value each, or `pull_request`. */
function canBeSubject(value: string, wildcards: boolean): boolean {
  const start = wildcards ? value.replace(/[*?].*/s, '') : value;
  const isWhole = start === value;
  const segments = start.split(':');
  // A wildcard can continue the last segment.
  const complete = isWhole ? segments : segments.slice(0, -1);
  /** A key whose value comes next. */
  let key: string | undefined;
  for (const segment of complete) {
    if (key !== undefined) {
      if (!canBeValue(key, segment)) return false;
      key = undefined;
    } else {
      if (!isSubjectKey(segment)) return false;
      if (segment !== 'pull_request') key = segment;
    }
  }
  if (isWhole) return key === undefined;
  return key !== 'ref' || 'refs/'.startsWith(start.slice(start.lastIndexOf(':') + 1).slice(0, 5));
}

function canBeValue(key: string, value: string): boolean {
  if (key === 'ref') return value.startsWith('refs/');
  if (key === 'repo') return /^[^/@]+\/[^/@]+$|^[^/@]+@\d+\/[^/@]+@\d+$/.test(value);
  return key !== 'environment' || value !== '';
}

/** Claims whose conditions list values, of which none meets all conditions. */
function contradictions(conditions: readonly ClaimCondition[]): Finding[] {
  const findings = new Map<string, Finding>();
  for (const condition of conditions) {
    const { claim, key, values } = condition;
    const onClaim = conditions.filter((other) => other.claim === claim);
    const isList = isPositive(condition) && !hasWildcards(condition) && values.length > 0;
    const meetsAll = (value: string) =>
      onClaim.every(
        ({ operator, values: wanted }) => conditionOutcome(operator, [value], wanted) !== 'not met',
      );
    if (!isList || findings.has(claim) || values.some(meetsAll)) continue;
    findings.set(claim, {
      id: 'never-matches',
      key,
      problem: `no value meets all conditions on ${key}`,
      remedy: 'Remove one of the conditions.',
    });
  }
  return [...findings.values()];
}
