import { parseOperator } from './condition-operators.ts';
import type { Condition, Statement, TrustPolicy } from './document.ts';
import { isImmutable, parseSubject } from './subject.ts';
import { like } from './wildcards.ts';

/** Something in a trust policy that lets in more than its author is likely to want. */
export interface Risk {
  readonly statement: string;
  readonly problem: string;
  readonly remedy: string;
}

const ACTION = 'sts:assumerolewithwebidentity';
/** Claims that tie a statement to repositories as the subject does. */
const TIES = ['sub', 'repository', 'repository_id', 'job_workflow_ref', 'enterprise_id'];

/**
 * Looks for trust that is too wide, in statements about tokens of GitHub.
 *
 * @param subject that of the token at hand
 */
export function risksOf({ statements }: TrustPolicy, subject: string | undefined): Risk[] {
  return statements
    .filter(
      ({ effect, actions, notActions }) =>
        effect === 'Allow' && actions.some((pattern) => like(ACTION, pattern.toLowerCase())) !== notActions,
    )
    .flatMap((statement) => risksOfStatement(statement, subject));
}

function risksOfStatement({ label, principal, conditions }: Statement, subject: string | undefined): Risk[] {
  const risks: Risk[] = [];
  const risk = (problem: string, remedy: string) => risks.push({ statement: label, problem, remedy });
  const claims = conditions.map((condition) => ({
    ...condition,
    claim: condition.key.split(':').at(-1)?.toLowerCase() ?? '',
  }));
  const binding = claims.filter(({ operator }) => isBinding(operator));

  if (principal === '*' || (typeof principal === 'object' && principal.AWS?.includes('*'))) {
    risk('anybody may ask (Principal "*")', "Name the identity provider's ARN as Federated.");
  }
  if (!binding.some(({ claim }) => claim === 'aud')) {
    risk(
      'no condition on the audience',
      'Add StringEquals PROVIDER:aud, or tokens made for others are taken, too.',
    );
  }
  if (!binding.some(({ claim }) => TIES.includes(claim))) {
    risk(
      'no condition on the subject: every repository on GitHub may assume the role',
      'Add StringEquals or StringLike PROVIDER:sub with repository and branch or environment.',
    );
  }
  for (const { operator, claim, values } of binding) {
    if (claim !== 'sub') continue;
    const wildcards = /Like/.test(operator);
    for (const value of values) risks.push(...risksOfSubject(label, value, wildcards, subject));
  }
  for (const condition of claims) {
    if (parseOperator(condition.operator).set === 'ForAllValues' && !assertsPresence(condition, conditions)) {
      risk(
        `${condition.operator} ${condition.key} is met by a token without that claim`,
        'Use StringEquals or StringLike; set operators are for keys with several values.',
      );
    }
  }
  return risks;
}

/** Whether a condition keeps anybody out: negated ones, and those that a missing key passes, name who may not. */
function isBinding(operator: string): boolean {
  const { set, name, ifExists } = parseOperator(operator);
  return set !== 'ForAllValues' && !ifExists && !/Not/.test(name) && name !== 'Null';
}

function assertsPresence({ key }: Condition, conditions: readonly Condition[]): boolean {
  return conditions.some(
    (other) =>
      other.operator === 'Null' &&
      other.key.toLowerCase() === key.toLowerCase() &&
      other.values.includes('false'),
  );
}

function risksOfSubject(
  statement: string,
  value: string,
  wildcards: boolean,
  subject: string | undefined,
): Risk[] {
  const risk = (problem: string, remedy: string): Risk[] => [
    { statement, problem: `subject ${value}: ${problem}`, remedy },
  ];
  if (!wildcards) {
    if (/[*?]/.test(value))
      return risk(
        '* and ? are plain characters under StringEquals, so this matches no token',
        'Use StringLike.',
      );
  } else if (/^(\*|repo:\**|repo:\*.*)$/.test(value)) {
    return risk('every repository on GitHub may assume the role', 'Name the repository: repo:OWNER/NAME:…');
  } else if (/^repo:[^/*?]+\/\*/.test(value)) {
    return risk(
      'every repository of the owner may assume the role, those made later too',
      'Name the repositories.',
    );
  }
  const risks: Risk[] = [];
  const context = parseSubject(value)?.context;
  if (context !== undefined && (wildcards ? like('pull_request', context) : context === 'pull_request')) {
    risks.push(
      ...risk(
        'pull requests may assume the role, before anybody has reviewed them',
        'Name branches or environments; give pull requests a role that can only read.',
      ),
    );
  }
  if (subject !== undefined && isImmutable(subject) && /^repo:[^/:@*?]+\/[^/:@*?]+(:|$)/.test(value)) {
    risks.push(
      ...risk(
        "names without IDs, while this repository's tokens have IDs; whoever takes the name over later would match",
        'Write repo:OWNER@OWNER_ID/NAME@REPO_ID:… as the token has it.',
      ),
    );
  }
  return risks;
}
